#!/usr/bin/env bash
# How fast `kpi-extract` is beside ripgrep, in CPU time of the same run: docs/performance.md has its table.
#
#     benches/compare.sh [MEGABYTES [FILES [ROUNDS]]]      (64 5000 5)
#
# One thread, whole processes, the corpus of benches/corpus.py in the page cache; then recognition alone, in memory,
# beside ripgrep over one file; then how long a start takes (benches/start.py). The sides run in turn, round by round, so that a machine that slows down slows them all;
# the median of each counts. Only the ratios mean anything elsewhere.
set -euo pipefail
export LC_ALL=C.UTF-8

cd "$(dirname "${BASH_SOURCE[0]}")/.."
megabytes=${1:-64} files=${2:-5000} rounds=${3:-5}
folder=target/compare
corpus=$folder/$megabytes-$files
text=$corpus.txt
program=target/release/kpi-extract

# A number, Arabic or Chinese, with a hedge or magnitude, and one of these units.
units='个|件|起|人|户|家|名|位|次|场|处|项|条|座|栋|套|间|所|台|辆|部|份|批|张|支|只|头|株|棵|期|类|种|村|元|万元|亿元|美元|吨|公斤'
units+='|千克|克|斤|米|千米|公里|厘米|平方米|平方公里|公顷|亩|平米|立方米|升|毫升|千瓦|千瓦时|兆瓦|度|天|小时|分钟|年|个月|人次|场次'
units+='|班次|件次|倍|成|百分点|个百分点|℃|‰|%'
pattern="(?:[0-9]+(?:[.,][0-9]+)*|[零〇一二两三四五六七八九十百千万亿]+)[万亿余多]*(?:$units)"

# need PROGRAM HOW: it is there, or is asked for.
need() {
    command -v "$1" >/dev/null && return
    echo "benches/compare.sh: \`$1\` is missing: $2" >&2
    exit 2
}

# side NAME COMMAND...: something that is measured. The first side is what the others are compared with.
names=() commands=()
side() {
    names+=("$1")
    commands+=("$(printf '%q ' "${@:2}")")
}

# seconds COMMAND: the CPU seconds, user and system, that it takes.
seconds() {
    local TIMEFORMAT='%U %S'
    { time eval "$1" >"$folder/out" 2>/dev/null; } 2>&1 | awk '{ print $1 + $2 }'
}

# median NUMBER...
median() {
    printf '%s\n' "$@" | sort -g | awk '{ n[NR] = $1 } END { m = int((NR + 1) / 2); print NR % 2 ? n[m] : (n[m] + n[m + 1]) / 2 }'
}

need cargo 'https://rustup.rs'
need python3 'https://www.python.org/downloads/'
need rg '`cargo install ripgrep`, or https://github.com/BurntSushi/ripgrep#installation'

mkdir -p "$folder"
cargo build --release --quiet --bins --example recognise
if [[ ! -e $corpus.bytes ]]; then
    rm -rf "$corpus"
    python3 benches/corpus.py samples "$corpus" "$megabytes" "$files" >"$corpus.part"
    find "$corpus" -name '*.txt' -print0 | sort -z | xargs -0 cat >"$text"
    mv "$corpus.part" "$corpus.bytes"
fi
bytes=$(<"$corpus.bytes")
search=(rg -j1 --no-config --no-ignore)

side 'rg --count-matches' "${search[@]}" --count-matches "$pattern" "$corpus"
side 'rg -c' "${search[@]}" -c "$pattern" "$corpus"
side 'kpi-extract quantities --count' "$program" quantities --count -j1 "$corpus"
side 'kpi-extract quantities' "$program" quantities -j1 "$corpus"
side 'kpi-extract' "$program" -j1 "$corpus"
# Not in the table: recognition alone is the difference between its one round and three.
shown=${#names[@]}
side 'rg, one file' "${search[@]}" --count-matches "$pattern" "$text"
for turns in 1 3; do side "recognition, $turns" target/release/examples/recognise "$text" "$turns"; done

# The first round only warms up: it is not counted.
declare -A taken
for ((round = 0; round <= rounds; round++)); do
    for index in "${!names[@]}"; do
        spent=$(seconds "${commands[index]}")
        ((round == 0)) || taken[$index]+=" $spent"
    done
done

found() { eval "$1" 2>/dev/null | awk -F"$2" "$3 { sum += \$NF } END { print sum + 0 }"; }
echo "$((bytes / 1000000)) MB in $files files, one thread, median of $rounds rounds; $(rg --version | sed -n 1p)"
echo "matches of rg: $(found "${commands[0]}" : 1), quantities: $(found "${commands[2]}" , 'NR > 1')"
echo
echo '| what | CPU seconds | MB per CPU-second | × `rg --count-matches` |'
echo '|---|--:|--:|--:|'
middles=()
for index in "${!names[@]}"; do
    # shellcheck disable=SC2086 # a list of numbers
    middles[index]=$(median ${taken[$index]})
done
for ((index = 0; index < shown; index++)); do
    awk -v name="${names[index]}" -v s="${middles[index]}" -v base="${middles[0]}" -v bytes="$bytes" \
        'BEGIN { printf "| `%s` | %.2f | %.1f | %.3f |\n", name, s, bytes / 1e6 / s, base / s }'
done
echo
awk -v search="${middles[shown]}" -v one="${middles[shown + 1]}" -v three="${middles[shown + 2]}" 'BEGIN {
    alone = (three - one) / 2
    printf "one file: rg --count-matches %.3f s, recognition alone %.3f s: %.2f × rg\n", search, alone, search / alone
}'
echo
python3 benches/start.py "$program"
