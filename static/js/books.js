/* Books and drift: while a comparison runs, how far it is comes anew every three seconds; at its end the whole page. */

const PAUSE = 3000
const part = document.querySelector("[data-progress]")

async function look() {
  if (!part.querySelector("[data-running]")) return
  const answer = await fetch(part.dataset.progress, { credentials: "same-origin", redirect: "manual" }).catch(() => null)
  if (answer?.ok) {
    const text = await answer.text()
    if (!text.includes("data-running")) return location.reload()
    if (!part.contains(document.activeElement)) part.innerHTML = text
  }
  setTimeout(look, PAUSE)
}

if (part) setTimeout(look, PAUSE)
