// Written by `mlvision new --browser`.
// The page: takes photographs and the camera, shows answers.

import { Classifier, Problem } from "./classifier.js";

const MOST_SHOWN = 10;
const LONGEST_SIDE = 800;

const [drop, file, camera, heat, heatOption, status, problem, answer, picture, label, stranger, scores, engine, video] =
  ["drop", "file", "camera", "heat", "heat-option", "status", "problem", "answer", "picture", "label", "stranger", "scores", "engine",
    "video"].map(id => document.getElementById(id));

let stream = null;
let turn = 0;          // the latest thing that was asked for: older answers are not shown any more
let shown = null;      // the photograph and answer on the page

const loading = Classifier.load(say);
loading.then(ready, fail);

file.addEventListener("change", () => file.files.length > 0 && showPhotograph(file.files[0]));
heat.addEventListener("change", () => shown && draw(shown));
camera.addEventListener("click", () => stream ? stopCamera() : startCamera());
document.addEventListener("paste", event => take(event, event.clipboardData));
document.addEventListener("dragover", event => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", () => drop.classList.remove("over"));
document.addEventListener("drop", event => {
  drop.classList.remove("over");
  take(event, event.dataTransfer);
});

function take(event, data) {
  if (data?.files.length > 0) {
    event.preventDefault();
    showPhotograph(data.files[0]);
  }
}

function ready(classifier) {
  engine.textContent = `The model runs by ${classifier.engine}`
    + (classifier.engine === "WebGPU" ? ", on the GPU." : ", on the CPU: this browser offers no WebGPU that runs it.");
  heatOption.hidden = !classifier.model.hasHeat;
  if (!status.textContent.startsWith("Looking")) {
    say("Ready.");
  }

  document.documentElement.dataset.state = "ready";
  keepForOffline(classifier);
}

async function showPhotograph(blob) {
  stopCamera();
  const mine = ++turn;
  clearProblem();
  say("Looking at the photograph …");
  let bitmap;
  try {
    bitmap = await readPicture(blob);
    const classifier = await loading;
    await painted();
    const began = performance.now();
    const result = await classifier.classify(bitmap, bitmap.width, bitmap.height);
    if (mine === turn) {
      show({ source: thumbnailOf(bitmap, bitmap.width, bitmap.height), ...result });
      say(`Done in ${Math.round(performance.now() - began)} ms.`);
    }
  } catch (error) {
    if (mine === turn) {
      answer.hidden = true;
      shown = null;
      fail(error);
    }
  } finally {
    bitmap?.close();
    file.value = "";
  }
}

/** Decodes a file; pixels stay as they are stored, turned upright. */
async function readPicture(blob) {
  try {
    return await createImageBitmap(blob, { imageOrientation: "from-image", colorSpaceConversion: "none", premultiplyAlpha: "none" });
  } catch {
    const name = blob.name ? `“${blob.name}”` : "What you gave";
    throw new Problem(`${name} cannot be read as a photograph, or is too large for this browser.`);
  }
}

async function startCamera() {
  const mine = ++turn;
  clearProblem();
  try {
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new Problem("The camera works only where the page comes by https or from this machine.");
    }

    say("Waiting for the camera …");
    const found = await openCamera();
    if (mine !== turn) {
      found.getTracks().forEach(track => track.stop());
      return;
    }

    stream = found;
    camera.textContent = "Stop the camera";
    video.srcObject = stream;
    await video.play();
    const classifier = await loading;
    say("The camera is on.");
    while (mine === turn && stream) {
      const result = await classifier.classify(video, video.videoWidth, video.videoHeight);
      if (mine === turn && stream) {
        show({ source: thumbnailOf(video, video.videoWidth, video.videoHeight), ...result });
      }

      await painted();
    }
  } catch (error) {
    if (mine === turn) {
      stopCamera();
      fail(error);
    }
  }
}

async function openCamera() {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    throw new Problem(error.name === "NotAllowedError" ? "The camera may not be used: the browser was told not to allow it."
      : error.name === "NotFoundError" ? "There is no camera on this machine."
        : `The camera cannot be used: ${error.message}`);
  }
}

function stopCamera() {
  if (stream) {
    turn++;
    stream.getTracks().forEach(track => track.stop());
    stream = null;
    video.srcObject = null;
    camera.textContent = "Use the camera";
    say("The camera is off.");
  }
}

function show(result) {
  shown = result;
  answer.hidden = false;
  setText(label, result.label);
  loading.then(classifier => {
    const { familiarityLimit } = classifier.model;
    const isStrange = result.familiarity !== undefined && result.familiarity <= familiarityLimit;
    stranger.hidden = !isStrange;
    setText(stranger, isStrange
      ? `Perhaps none of these: of the known images, ${percent(result.familiarity)} are as strange as this one.` : "");
  });
  scores.replaceChildren(...result.ranking.slice(0, MOST_SHOWN).map(rowOf));
  draw(result);
}

function rowOf({ label: name, probability }) {
  const row = document.createElement("li");
  row.append(element("span", "name", name), element("span", "percent", percent(probability)), element("div", "track", ""));
  const bar = element("div", "bar", "");
  bar.style.width = `${100 * probability}%`;
  row.lastChild.append(bar);
  return row;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/** Draws the photograph, and over it where the model looks, if that is asked for. */
function draw({ source, label: name, heat: map }) {
  picture.width = source.width;
  picture.height = source.height;
  picture.setAttribute("aria-label", `The photograph, labelled ${name}`);
  const context = picture.getContext("2d");
  context.drawImage(source, 0, 0);
  if (heat.checked && map) {
    loading.then(classifier => {
      const { imageSize, cropSize } = classifier.model;
      const side = Math.min(source.width, source.height) * cropSize / imageSize;
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = "high";
      context.drawImage(pictureOf(map), (source.width - side) / 2, (source.height - side) / 2, side, side);
    });
  }
}

/** What speaks for the label shines through; the rest is darkened. */
function pictureOf({ rows, columns, values }) {
  const most = Math.max(...values, Number.MIN_VALUE);
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  values.forEach((value, i) => {
    const share = Math.max(value, 0) / most;
    image.data.set([255 * share, 120 * share, 0, 255 * (0.65 - 0.25 * share)], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A copy that is large enough for the page. */
function thumbnailOf(source, width, height) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function say(text) {
  status.textContent = text;
}

function clearProblem() {
  problem.textContent = "";
}

function fail(error) {
  say("");
  setText(problem, error instanceof Problem ? error.message : `Something went wrong: ${error.message}`);
  document.documentElement.dataset.state = "failed";
  if (!(error instanceof Problem)) {
    console.error(error);
  }
}

/** Text that did not change is not read out again. */
function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

/** Lets the browser draw, so that one sees what is being done. */
function painted() {
  return new Promise(resolve => {
    // A page in the background draws nothing.
    const timer = setTimeout(resolve, 100);
    requestAnimationFrame(() => setTimeout(() => {
      clearTimeout(timer);
      resolve();
    }));
  });
}

/** Keeps every file that was loaded, so that the page works without its server from now on. */
async function keepForOffline(classifier) {
  if (!("serviceWorker" in navigator)) {
    return;
  }

  try {
    const here = new URL(".", location.href).href;
    const cache = await caches.open(here);
    // The large files are at hand; the small ones are asked for once more.
    const large = classifier.files.splice(0);
    await Promise.all(large.map(({ url, headers, bytes }) => cache.put(url, new Response(bytes, { headers }))));
    const small = performance.getEntriesByType("resource").map(entry => entry.name)
      .filter(name => name.startsWith(here) && large.every(({ url }) => url !== name));
    await cache.addAll([...new Set([here, location.href.split("#")[0], ...small])]);
    await navigator.serviceWorker.register("service-worker.js");
    document.documentElement.dataset.offline = "ready";
  } catch (error) {
    // A full disk, or a browser that keeps nothing: the page still works with its server.
    console.warn("The page cannot be kept for use without its server:", error);
  }
}
