/* Names for parts of the admin that its libraries leave without one (WCAG 4.1.2, 1.3.1). */

const name = (element, text) => element && !element.hasAttribute("aria-label") && element.setAttribute("aria-label", text)

function nameChoosers() {
  for (const container of document.querySelectorAll(".select2-container")) {
    const select = container.previousElementSibling
    const label = select?.id && document.querySelector(`label[for="${select.id}"]`)
    const text = label?.textContent.replace("*", "").trim() || select?.getAttribute("aria-label") || "Choose"
    const parts = ".select2-selection, .select2-selection__rendered[role=textbox], .select2-search__field"
    for (const part of container.querySelectorAll(parts)) {
      part.removeAttribute("aria-labelledby")
      name(part, text)
    }
  }
}

/* A field in a table is named by the head of its column. */
function nameCells() {
  for (const field of document.querySelectorAll("td :is(input, select, textarea):not([type=hidden])")) {
    const heads = field.closest("table").querySelectorAll("thead th")
    const text = heads[field.closest("td").cellIndex]?.textContent.trim()
    if (text && !field.labels.length) name(field, text)
  }
  for (const head of document.querySelectorAll("thead th")) {
    if (!head.textContent.trim() && !head.children.length) head.setAttribute("role", "presentation")
  }
}

/* Scrolling boxes and lists of chosen values come with roles that say too much or the wrong thing. */
function mendRoles() {
  document.querySelectorAll(".simplebar-content-wrapper").forEach((box, index) => {
    box.setAttribute("aria-label", index ? `Scrolling part ${index + 1}` : "Scrolling part")
  })
  for (const list of document.querySelectorAll("ul.select2-selection__rendered")) {
    list.setAttribute("role", "presentation")
    for (const item of list.children) item.setAttribute("role", "presentation")
  }
}

function mend() {
  nameChoosers()
  nameCells()
  mendRoles()
}

document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main")
  name(document.getElementById("nav-sidebar-inner"), "Newsroom")
  name(document.getElementById("tabs-items"), "Parts of the form")
  mend()
  new MutationObserver(mend).observe(document.body, { childList: true, subtree: true })
})
