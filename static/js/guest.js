/* A guest’s comment on a passage: words selected in the text go into the form below it. */

const text = document.querySelector(".article__body")
const form = document.querySelector("[data-guest-comment]")
const pick = document.querySelector("[data-guest-pick]")

function selectedWords() {
  const selection = document.getSelection()
  if (!selection || selection.isCollapsed || !selection.rangeCount) return ""
  const range = selection.getRangeAt(0)
  if (!text.contains(range.startContainer)) return ""
  /* Three clicks on the last paragraph reach to the beginning of what follows the text. */
  const isWithin = text.contains(range.endContainer)
  const inside = range.cloneRange()
  if (!isWithin) inside.setEnd(text, text.childNodes.length)
  const words = (isWithin ? selection : inside).toString().trim()
  /* The dateline is set before the text and is no part of it. */
  const dateline = text.querySelector(".dateline")?.textContent ?? ""
  return words.startsWith(dateline) ? words.slice(dateline.length).trim() : words
}

if (text && form && pick) {
  let words = ""
  document.addEventListener("selectionchange", () => {
    const chosen = selectedWords()
    /* A press on the button itself may end the selection before the click arrives. */
    if (chosen) words = chosen
    pick.hidden = !chosen && document.activeElement !== pick
  })
  pick.addEventListener("mousedown", (event) => event.preventDefault())
  pick.addEventListener("click", () => {
    form.elements.quote.value = words
    pick.hidden = true
    form.elements.text.focus()
  })
}
