#!/usr/bin/env bash
# Checks training and scoring on a GPU, and measures them: README.md says what and how.
#
#   check.sh [--device cuda:0] [--images FOLDER] [--quick]
#
# Exit code: 0 where everything is right, 1 where something is off. Speed is shown, and never decides.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

device=cuda:0 photographs='' quick=''
while (($#)); do
  case $1 in
    --device) device=${2:?--device needs a name}; shift ;;
    --images) photographs=${2:?--images needs a folder}; shift ;;
    --quick) quick=yes ;;
    *) echo "'$1' is no option of check.sh; it takes --device NAME, --images FOLDER and --quick." >&2; exit 2 ;;
  esac
  shift
done

families=(alexnet vgg11 googlenet resnet18 resnet50 seresnet50 efficientnet_b0)
size=224 per_class=8 batch=16 epochs=2 speed_batch=256 speed_steps=12 rounds=3
if [ "$quick" ]; then
  size=64 per_class=2 batch=8 epochs=1 speed_batch=4 speed_steps=1 rounds=1
fi

# Half precision and TF32 keep ten bits of a number. An int8 file is computed in integers on a CPU and in floats on a GPU.
float_tolerance=0.002 int8_tolerance=0.02

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# The command line: $M, the one that pack.sh brought, or that of this clone.
if [ -n "${M:-}" ]; then
  read -ra mlvision <<< "$M"
elif [ -x "$here/app/mlvision" ]; then
  mlvision=("$here/app/mlvision")
else
  gpu=(); [ "$device" = cpu ] || gpu=(-p:Gpu=true)
  dotnet build "$here/../../src/Cli" -c Release -v q "${gpu[@]}" >&2 || exit 1
  mlvision=(dotnet "$here/../../src/Cli/bin/Release/net10.0/mlvision.dll")
fi

# A few images of ten classes.
small=$here/images
[ -d "$small" ] || small=$here/../../samples/data/fashion-mnist/test
for class in "$small"/*/; do
  mkdir -p "$work/data/$(basename "$class")"
  find "$class" -type f | sort | head -n "$per_class" | while read -r image; do
    cp "$image" "$work/data/$(basename "$class")/"
  done
done

now() { date +%s.%N; }

since() { awk -v start="$1" -v end="$(now)" 'BEGIN { printf "%.1f s", end - start }'; }

# Shows a line of the table.
row() { printf '%-34s %-9s %s\n' "$1" "$2" "$3"; }

right() { row "$1" ok "${2:-}"; }

wrong() {
  row "$1" WRONG "$2"
  failed=$((failed + 1))
}

# The last line that a command wrote to standard error: the sentence in which it ended.
sentence() { tail -n 1 "$1" | cut -c 1-200; }

# Runs a command of mlvision that must succeed; its result goes to $work/result. The first argument names it in the table.
must() {
  local name=$1 start; shift
  start=$(now)
  if "${mlvision[@]}" "$@" > "$work/result" 2> "$work/notes"; then
    right "$name" "$(since "$start")"
  else
    wrong "$name" "$(sentence "$work/notes")"
    return 1
  fi
}

# The largest difference of any score in two results of predict --json, the labels that differ, and the images. A label may differ
# where the best two scores lie so close together that the tolerance leaves open which is larger.
differences() {
  awk -v tolerance="$3" '
    FNR == 1 { file++; image = 0 }
    /^    "image":/ { image++; class = 0 }
    /^    "label":/ { label[file, image] = $0 }
    /^      "/ { value = $0; sub(/.*: /, "", value); sub(/,$/, "", value); score[file, image, ++class] = value + 0 }
    END {
      for (i = 1; i <= image; i++) {
        first = second = -1
        for (c = 1; c <= class; c++) {
          difference = score[1, i, c] - score[2, i, c]
          if (difference < 0) difference = -difference
          if (difference > largest) largest = difference
          if (score[1, i, c] > first) { second = first; first = score[1, i, c] } else if (score[1, i, c] > second) second = score[1, i, c]
        }
        if (label[1, i] != label[2, i] && first - second > 2 * tolerance) labels++
      }
      printf "%.1e %d %d", largest, labels, image
    }' "$1" "$2"
}

# Scores a model on the CPU and on the device, and compares.
same_scores() {
  local name=$1 model=$2 tolerance=$3 largest labels images
  for where in cpu "$device"; do
    if ! "${mlvision[@]}" predict --model "$model" --device "$where" --json "$work/data" > "$work/scores-$where" 2> "$work/notes"; then
      wrong "$name" "on $where: $(sentence "$work/notes")"
      return
    fi
  done
  read -r largest labels images < <(differences "$work/scores-cpu" "$work/scores-$device" "$tolerance"; echo)
  local said="scores differ by $largest at most, $labels of $images labels do"
  if ((${images:-0} > 0 && ${labels:-1} == 0)) && awk "BEGIN { exit !($largest <= $tolerance) }"; then
    right "$name" "$said"
  else
    wrong "$name" "$said; $tolerance and 0 are allowed"
  fi
}

# A number of a JSON result, by its name.
figure() { sed -nE "s/^ *\"$1\": ([-0-9.eE+]+),?\$/\1/p" "$work/result" | head -n 1; }

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (a > 0 && b > 0) printf "%.2f", a / b; else printf "-" }'; }

train=("${mlvision[@]}" train --data "$work/data" --batch-size "$batch" --image-size "$size" --device "$device")

echo "Training and scoring on $device, $(find "$work/data" -type f | wc -l) images of $size pixels"
command -v nvidia-smi > /dev/null && nvidia-smi --query-gpu=index,name,driver_version,memory.total --format=csv,noheader
[ -n "${MLVISION_LIBTORCH:-}" ] && echo "libtorch: $MLVISION_LIBTORCH"
echo
row "what" "" "found"

for family in "${families[@]}"; do
  start=$(now)
  if "${train[@]}" --arch "$family" --epochs "$epochs" --out "$work/$family" > /dev/null 2> "$work/notes"; then
    right "$family trains" "$(since "$start")"
    same_scores "$family scores" "$work/$family/model.onnx" "$float_tolerance"
  else
    wrong "$family trains" "$(sentence "$work/notes")"
  fi
  [ "$family" = resnet18 ] || rm -rf "${work:?}/$family"
done

# A training that is cut off goes on after its last complete epoch. Background jobs ignore Ctrl+C; they are asked to terminate instead.
"${train[@]}" --arch resnet18 --epochs 12 --out "$work/resumed" > /dev/null 2> "$work/notes" &
training=$!
while kill -0 $training 2> /dev/null && ! grep -q '^Epoch 1/' "$work/notes"; do sleep 0.05; done
kill -TERM $training 2> /dev/null
wait $training
stopped=$?
if ((stopped != 130)); then
  wrong "resnet18 stops" "exit code $stopped: $(sentence "$work/notes")"
elif "${train[@]}" --arch resnet18 --epochs 12 --resume --out "$work/resumed" > /dev/null 2> "$work/notes" \
  && grep -q '^Resumed after epoch' "$work/notes"; then
  right "resnet18 resumes" "$(grep '^Resumed after epoch' "$work/notes" | head -n 1)"
else
  wrong "resnet18 resumes" "$(sentence "$work/notes")"
fi

# Every kind of file.
model=$work/resnet18/model.onnx
same_scores "model.zip" "$work/resnet18/model.zip" "$float_tolerance"
must "fp16 file is written" quantize --model "$model" --weights-only fp16 --out "$work/fp16.onnx" \
  && same_scores "fp16 file" "$work/fp16.onnx" "$float_tolerance"
must "int8 file is written" quantize --model "$model" --data "$work/data" --no-gate --calibration-images 20 --out "$work/int8.onnx" \
  && same_scores "int8 file" "$work/int8.onnx" "$int8_tolerance"

# What is not there, or does not fit, is refused in one sentence.
"${mlvision[@]}" benchmark train --arch resnet18 --device cuda:99 > /dev/null 2> "$work/notes"
refused=$?
if ((refused == 2)) && grep -q '^cuda:99 is not there; this machine has cpu' "$work/notes"; then
  right "cuda:99 is refused" "$(sentence "$work/notes")"
else
  wrong "cuda:99 is refused" "exit code $refused: $(sentence "$work/notes")"
fi
if [ "$device" != cpu ] && [ -z "$quick" ]; then
  "${mlvision[@]}" benchmark train --arch resnet50 --batch-size 2560 --steps 1 --device "$device" > /dev/null 2> "$work/notes"
  refused=$?
  if ((refused == 2)) && grep -q 'lacks memory for batches of 2560' "$work/notes"; then
    right "too large a batch is refused" "$(sentence "$work/notes")"
  else
    wrong "too large a batch is refused" "exit code $refused: $(sentence "$work/notes")"
  fi
fi

# Speed of training. PyTorch takes its turn where a Python with it is there.
python=''
if python3 -c 'import torch, torchvision' 2> /dev/null; then python=python3; fi
echo
printf '%-18s %12s %12s %10s %12s %10s   %s\n' "training, b$speed_batch" 'loop, /s' 'bare, /s' 'loop/bare' 'PyTorch, /s' 'loop/PyT.' 'aim'
for aim in 'resnet50:1.00 of PyTorch' 'efficientnet_b0:1.00 of PyTorch' 'resnet18:0.85 of bare'; do
  arch=${aim%%:*}
  if [ "$quick" ] && [ "$arch" != resnet18 ]; then continue; fi
  if ! "${mlvision[@]}" benchmark train --arch "$arch" --batch-size "$speed_batch" --steps "$speed_steps" --device "$device" --json \
    > "$work/result" 2> "$work/notes"; then
    wrong "training speed of $arch" "$(sentence "$work/notes")"
    continue
  fi
  loop=$(figure imagesPerSecond) bare=$(figure bareImagesPerSecond) theirs=''
  if [ "$python" ]; then
    "$python" "$here/torch_reference.py" train "$arch" "$speed_batch" "$speed_steps" --device "$device" > "$work/result" 2> "$work/notes" \
      && theirs=$(figure imagesPerSecond)
  fi
  printf '%-18s %12.0f %12.0f %10s %12s %10s   %s\n' \
    "$arch" "$loop" "$bare" "$(ratio "$loop" "$bare")" "${theirs:--}" "$(ratio "$loop" "$theirs")" "${aim#*:}"
done

# Speed of scoring, from files to labels.
[ "$photographs" ] || photographs=$work/data
echo
if "${mlvision[@]}" export --arch resnet50 --classes 10 --image-size "$size" --out "$work/resnet50.onnx" > /dev/null 2> "$work/notes" \
  && "${mlvision[@]}" quantize --model "$work/resnet50.onnx" --weights-only fp16 --out "$work/half.onnx" > /dev/null 2> "$work/notes" \
  && "${mlvision[@]}" benchmark score --model "$work/resnet50.onnx" --fp16 "$work/half.onnx" --data "$photographs" --fast \
    --rounds "$rounds" --device "$device" --json > "$work/result" 2> "$work/notes"; then
  echo "scoring, resnet50, $(figure images) images, $(figure threads) threads: images a second"
  awk '/^      "path":/ { name = $2; gsub(/[",]/, "", name) }
    /^      "imagesPerSecond":/ { value = $2; sub(/,/, "", value); printf "  %-18s %10.0f\n", name, value }' "$work/result"
  echo "  files to labels: $(ratio "$(figure classifierToSlowerBare)" 1) of the slower of decoding and session; aim 0.90"
else
  wrong "scoring speed" "$(sentence "$work/notes")"
fi
if [ "$python" ] && [ -z "$quick" ]; then
  "$python" "$here/torch_reference.py" score resnet50 "$speed_batch" "$speed_steps" --device "$device" > "$work/result" 2> "$work/notes" \
    && echo "  PyTorch, bfloat16, from the device's memory: $(figure imagesPerSecond)"
fi

echo
if ((failed)); then echo "$failed checks failed after ${SECONDS} s."; exit 1; fi
echo "All checks passed in ${SECONDS} s."
