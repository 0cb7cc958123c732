"""Looking at a page as a browser lays it out: what overlaps, what sticks out, what the console says, what it fetches."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
_LOOK = """
function boxes(doc) {
  const found = [];
  const walk = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, text = node.textContent.trim(), holder = node.parentElement;
    if (!text || holder.closest('style, script, title, .skip')) continue;
    if (holder.closest('details:not([open])') && !holder.closest('summary')) continue;
    const range = doc.createRange();
    range.selectNodeContents(node);
    const own = holder.ownerSVGElement ? [holder.getBoundingClientRect()] : [...range.getClientRects()];
    const clip = holder.closest('.wide, nav ul')?.getBoundingClientRect();
    for (const box of own) {
      const hidden = clip && (box.left > clip.right - 1 || box.right < clip.left + 1);
      const right = clip ? Math.min(box.right, clip.right) : box.right;
      if (box.width > 1 && box.height > 1 && !hidden)
        found.push([text, { left: box.left, right, top: box.top, bottom: box.bottom }, holder]);
    }
  }
  return found;
}
function overlaps(doc) {
  const all = boxes(doc), bad = [];
  all.sort((one, other) => one[1].top - other[1].top);
  for (let i = 0; i < all.length; i++)
    for (let j = i + 1; j < all.length && all[j][1].top < all[i][1].bottom; j++) {
      const [text, a, holder] = all[i], [other, b, second] = all[j];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      const svg = holder.ownerSVGElement || second.ownerSVGElement;
      if (wide > 1 && high > (svg ? 2 : 4)) bad.push([text, other, Math.round(wide), Math.round(high)]);
    }
  return bad;
}
function outside(doc, width) {
  return boxes(doc).filter(([, box]) => box.right > width + 1).map(([text]) => text);
}
window.addEventListener('load', () => {
  const seen = {};
  for (const frame of document.querySelectorAll('iframe')) {
    const doc = frame.contentDocument, width = frame.clientWidth;
    seen[frame.id] = {
      overlaps: overlaps(doc), outside: outside(doc, width), wide: doc.documentElement.scrollWidth - width,
      fetched: frame.contentWindow.performance.getEntriesByType('resource').map(one => one.name),
      texts: boxes(doc).length,
    };
  }
  const out = document.createElement('pre');
  out.id = 'seen';
  out.textContent = JSON.stringify(seen);
  document.body.append(out);
});
"""


def look(pages: Mapping[str, tuple[str, int]], folder: Path) -> dict[str, Any]:
    """Name -> (page, width in pixels), all laid out by one browser: name -> what was seen; `console`: what it said."""
    assert CHROMIUM is not None
    frames = "".join(
        f'<iframe id="{name}" style="border:0;width:{width}px;height:9000px" srcdoc="{html.escape(page)}"></iframe>'
        for name, (page, width) in pages.items()
    )
    path = folder / "look.html"
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8><body><script>{_LOOK}</script>{frames}", "utf-8")
    options = ["headless", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "enable-logging=stderr", "dump-dom",
               "host-resolver-rules=MAP * ~NOTFOUND", f"user-data-dir={folder / 'chromium'}", "virtual-time-budget=4000",
               "window-size=1400,900"]  # fmt: skip
    command = [CHROMIUM, *(f"--{option}" for option in options), path.as_uri()]
    ran = subprocess.run(command, capture_output=True, timeout=90, check=True)
    (seen,) = re.findall(r'<pre id="seen">(.*?)</pre>', ran.stdout.decode(), re.S)
    console = [line for line in ran.stderr.decode(errors="replace").splitlines() if ":CONSOLE" in line]
    return {**json.loads(html.unescape(seen)), "console": console}
