// A guest's comment on a passage: words selected in the text go into the form below it.

const text = document.querySelector(".article__body");
const form = document.querySelector("[data-guest-comment]");
const pick = document.querySelector("[data-guest-pick]");

function selectedWords() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return "";
  const range = selection.getRangeAt(0);
  return text.contains(range.commonAncestorContainer) ? selection.toString().trim() : "";
}

if (text && form && pick) {
  let words = "";
  document.addEventListener("selectionchange", () => {
    const chosen = selectedWords();
    // A press on the button itself may end the selection before the click arrives.
    if (chosen) words = chosen;
    pick.hidden = !chosen && document.activeElement !== pick;
  });
  pick.addEventListener("mousedown", (event) => event.preventDefault());
  pick.addEventListener("click", () => {
    form.elements.quote.value = words;
    pick.hidden = true;
    form.elements.text.focus();
  });
}
