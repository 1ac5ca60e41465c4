// Written by `mlvision new --browser`.
// Runs the model with ONNX Runtime: on the GPU where the browser has WebGPU, otherwise on the CPU, in WebAssembly.

import { squareOf } from "./pixels.js";

/** What can be told to the person in front of the page. */
export class Problem extends Error {}

export class Classifier {
  #runtime;
  #session;

  constructor(runtime, session, model, engine, files) {
    this.#runtime = runtime;
    this.#session = session;
    this.model = model;
    this.engine = engine;
    this.files = files;
  }

  /**
   * Loads the model, and proves that it runs.
   * @param {(text: string) => void} say Receives what is being done.
   */
  static async load(say) {
    say("Loading the model …");
    const model = JSON.parse(new TextDecoder().decode((await fetchFile("model.json")).bytes));
    const file = await fetchFile(model.file);
    say("Starting the model …");
    if (await hasGpu()) {
      try {
        return await Classifier.#start("webgpu", "WebGPU", "ort-wasm-simd-threaded.asyncify", model, file);
      } catch (error) {
        // A driver may lack what the model needs: the CPU has it.
        console.warn("WebGPU does not run the model:", error);
      }
    }

    try {
      return await Classifier.#start("wasm", "WebAssembly", "ort-wasm-simd-threaded", model, file);
    } catch (error) {
      throw new Problem(`This browser cannot run the model: ${error.message}`);
    }
  }

  static async #start(kind, engine, binary, model, file) {
    const runtime = await import(`./onnxruntime/ort.${kind}.min.js`);
    const program = await fetchFile(`onnxruntime/${binary}.wasm`);
    runtime.env.wasm.wasmBinary = program.bytes;
    runtime.env.wasm.wasmPaths = { mjs: new URL(`onnxruntime/${binary}.js`, import.meta.url).href };
    // Threads need headers that not every server sends.
    runtime.env.wasm.numThreads = globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency ?? 1, 4) : 1;
    runtime.env.logLevel = "error";
    const session = await runtime.InferenceSession.create(file.bytes, { executionProviders: [kind] });
    const classifier = new Classifier(runtime, session, model, engine, [file, program]);
    await classifier.#run(new Uint8Array(model.imageSize * model.imageSize * 3));
    return classifier;
  }

  /**
   * Labels a picture.
   * @param {CanvasImageSource} picture The picture, upright.
   * @param {number} width Its width in pixels.
   * @param {number} height Its height in pixels.
   * @returns {Promise<{label: string, ranking: {label: string, probability: number}[], familiarity?: number, heat?: object}>}
   */
  async classify(picture, width, height) {
    const outputs = await this.#run(squareOf(picture, width, height, this.model.imageSize));
    const scores = outputs.Score.data;
    const ranking = this.model.labels.map((label, i) => ({ label, probability: scores[i] }))
      .sort((one, other) => other.probability - one.probability);
    const heat = outputs.Heat && { rows: outputs.Heat.dims[1], columns: outputs.Heat.dims[2], values: outputs.Heat.data };
    return { label: ranking[0].label, ranking, familiarity: outputs.Familiarity?.data[0], heat };
  }

  async #run(pixels) {
    const size = this.model.imageSize;
    const names = ["Score", "Heat", "Familiarity"].filter(name => this.#session.outputNames.includes(name));
    return await this.#session.run({ Pixels: new this.#runtime.Tensor("uint8", pixels, [1, size, size, 3]) }, names);
  }
}

async function hasGpu() {
  try {
    return Boolean(await navigator.gpu?.requestAdapter());
  } catch {
    return false;
  }
}

/** Loads a file of the page. */
async function fetchFile(name) {
  let response;
  try {
    response = await fetch(name);
    if (response.ok) {
      return { url: response.url, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
    }
  } catch {
    throw new Problem(`The file ${name} cannot be loaded: there is no connection to the server.`);
  }

  throw new Problem(`The file ${name} cannot be loaded: the server answered ${response.status}. It belongs beside this page.`);
}
