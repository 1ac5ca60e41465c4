# Source this on the GPU machine, in the folder that mlvision-gpu.tar.xz was unpacked to, with cuda.so.xz beside that folder or in it:
#
#   tar xJf mlvision-gpu.tar.xz && cd mlvision-gpu && . ./setup.sh && ./check.sh
#
# Names Python's libtorch to mlvision and its CUDA libraries to ONNX Runtime, and defines $M, the command line. Changes nothing else.
kit=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for packed in "$kit/cuda.so.xz" "$kit/../cuda.so.xz"; do
  if [ -f "$packed" ] && [ ! -f "$kit/app/libonnxruntime_providers_cuda.so" ]; then
    xz -dc "$packed" > "$kit/app/libonnxruntime_providers_cuda.so"
  fi
done

if packages=$(python3 -c 'import os, torch; print(os.path.dirname(os.path.dirname(torch.__file__)))' 2> /dev/null); then
  export MLVISION_LIBTORCH=$packages/torch/lib
  # libtorch finds these by itself, ONNX Runtime does not.
  for folder in "$packages"/nvidia/*/lib; do
    [ -d "$folder" ] && LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  done
  export LD_LIBRARY_PATH
else
  echo "python3 has no torch: name the folder of a libtorch for CUDA in MLVISION_LIBTORCH, and CUDA's and cuDNN's in LD_LIBRARY_PATH." >&2
fi

export M=$kit/app/mlvision
