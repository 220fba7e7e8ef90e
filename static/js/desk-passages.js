/* On the page of a story's comments: words selected in the text become the passage of a new comment. */

const text = document.querySelector(".talk__text")
const form = document.querySelector(".thread__form--new")

/* A selection's edge, in characters of its line. */
const offsetIn = (line, node, offset) => {
  const range = document.createRange()
  range.setStart(line, 0)
  range.setEnd(node, offset)
  return [...range.toString()].length
}

const lineOf = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]")

const take = () => {
  const selection = document.getSelection()
  if (selection.isCollapsed || !text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return
  const range = selection.getRangeAt(0)
  const line = lineOf(range.startContainer)
  const words = selection.toString().replace(/\n+/g, "\n").replace(/^\n|\n$/g, "")
  if (!line || !words.trim()) return
  form.elements.quote.value = words
  form.elements.near.value = Number(line.dataset.start) + offsetIn(line, range.startContainer, range.startOffset)
  form.closest("details").open = true
}

if (text && form) document.addEventListener("selectionchange", take)
