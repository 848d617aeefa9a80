#!/usr/bin/env bash
# Fetches the emoji to train the demo model on, out of three npm packages, and lays them out for FaasPS.EmojiData:
# emoji.json (names) and noto/, twitter/, fluent/ with one 64x64 PNG a design.
# Usage: build/fetch-emoji.sh <folder>      Does nothing when it is there already.
set -euo pipefail

noto=emoji-datasource-google@16.0.0        # Noto Emoji, (c) Google, Apache-2.0
twitter=emoji-datasource-twitter@16.0.0    # Twemoji, (c) Twitter and contributors, CC-BY 4.0
fluent=@lobehub/fluent-emoji-flat@1.1.0    # Fluent Emoji, (c) Microsoft, MIT

fail() { echo "fetch-emoji: $*" >&2; exit 1; }
[ $# = 1 ] || fail "usage: $0 <folder>"
folder=$1
[ -f "$folder/emoji.json" ] && { echo "$folder"; exit 0; }
command -v npm >/dev/null || fail "npm is needed to download the emoji. Install it (Debian: apt-get install npm)."
command -v rsvg-convert >/dev/null || fail "rsvg-convert is needed to render SVG. Install it (Debian: apt-get install librsvg2-bin)."

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
for package in "$noto" "$twitter" "$fluent"; do
    (cd "$work" && npm pack --silent "$package" >/dev/null) || fail "npm cannot download $package; is there a network?"
done

mkdir -p "$folder"/{noto,twitter,fluent}
tar -xzf "$work"/emoji-datasource-google-*.tgz -C "$folder/noto" --strip-components=4 package/img/google/64
tar -xzf "$work"/emoji-datasource-twitter-*.tgz -C "$folder/twitter" --strip-components=4 package/img/twitter/64
tar -xzf "$work"/lobehub-fluent-emoji-flat-*.tgz -C "$work" package/assets
for drawing in "$work"/package/assets/*.svg; do
    rsvg-convert --width 64 --height 64 "$drawing" --output "$folder/fluent/$(basename "$drawing" .svg).png" ||
        echo "fetch-emoji: $(basename "$drawing") cannot be rendered and is left out" >&2
done
tar -xzf "$work"/emoji-datasource-google-*.tgz -C "$work" package/emoji.json
mv "$work/package/emoji.json" "$folder/emoji.json"   # last: it says that the rest is there
echo "$folder"
