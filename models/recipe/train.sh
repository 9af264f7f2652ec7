#!/usr/bin/env bash
# Makes the model of models/scenes from nothing: draws its training pictures, begins with random weights, trains.
# Takes 70 minutes on one core (the number of threads is part of the result's last bits) and 3 GB of disk. Run it again after an interruption, and it goes on where it was.
#
#   models/recipe/train.sh <work directory>      the package is then in <work directory>/scenes/package
#
# MPLUG names the program; default: mplug.
set -euo pipefail
recipe=$(cd "$(dirname "$0")" && pwd)
mplug=${MPLUG:-mplug}
work=${1:?usage: train.sh <work directory>}
mkdir -p "$work"
cd "$work"

# Drawings are renamed when they are complete, so that a half-made set is never trained on.
draw() {
    [ -d "$3" ] && return
    rm -rf "$3.part"
    "$mplug" scenes --count "$1" --seed "$2" --out "$3.part"
    mv "$3.part" "$3"
}

draw 40000 1 data
draw 200 1000003 validation
[ -d start ] || "$mplug" import --random "$recipe" --seed 1 --out start

resume=()
[ -f scenes/state.safetensors ] && resume=(--resume)
exec "$mplug" train --model start --train data/train.json --val validation/test.json --work-dir scenes "${resume[@]}" \
    --max-epochs 4 --batch 64 --queue 2048 --seed 1 --threads 1 \
    --schedule step --warmup-steps 500 --lr 8e-4 --vision-lr 8e-4 --min-lr 1e-5 --min-temp 0.02 \
    --augment light
