/* Names to choose from after an "@", in any text area with data-mentions. The page has the names:
   <script type="application/json" id="desk-people">["Edda Korhald", …]</script>. The list is in the flow of the page,
   below its field: arrow keys choose, Enter and Tab write the name, Esc closes. Without it, names are typed out. */

const MOST = 6
const AFTER_AT = /(?<![\p{L}\p{N}_])@([\p{L}\p{N}.'’ -]{0,40})$/u
const people = JSON.parse(document.getElementById("desk-people")?.textContent ?? "[]")

const list = Object.assign(document.createElement("ul"), { id: "mentions", className: "mentions" })
list.setAttribute("role", "listbox")
list.setAttribute("aria-label", "People")
const news = Object.assign(document.createElement("p"), { className: "sr-only" })
news.setAttribute("role", "status")

let field = null

const options = () => [...list.children]
const chosen = () => list.querySelector('[aria-selected="true"]')
const typed = (area) => area.value.slice(0, area.selectionStart).match(AFTER_AT)

const matching = (words) => {
  const wanted = words.toLocaleLowerCase()
  const begins = (name) => name.startsWith(wanted) || name.split(/\s+/).some((part) => wanted && part.startsWith(wanted))
  return people.filter((name) => begins(name.toLocaleLowerCase())).slice(0, MOST)
}

const choose = (option) => {
  for (const each of options()) each.setAttribute("aria-selected", each === option)
  field.setAttribute("aria-activedescendant", option.id)
}

const close = () => {
  for (const name of ["aria-activedescendant", "aria-controls"]) field?.removeAttribute(name)
  list.remove()
  news.textContent = ""
  field = null
}

const open = (area, names) => {
  field = area
  list.replaceChildren(
    ...names.map((name, index) => {
      const option = Object.assign(document.createElement("li"), { id: `mention-${index}`, textContent: name })
      option.setAttribute("role", "option")
      return option
    }),
  )
  area.after(list, news)
  area.setAttribute("aria-autocomplete", "list")
  area.setAttribute("aria-controls", list.id)
  choose(list.firstElementChild)
  news.textContent = `${names.length === 1 ? "1 name" : `${names.length} names`}: arrow keys choose, Enter writes it.`
}

const write = (option) => {
  const area = field
  const begin = area.selectionStart - typed(area)[0].length
  area.setRangeText(`@${option.textContent} `, begin, area.selectionStart, "end")
  close()
  area.focus()
  area.dispatchEvent(new Event("input", { bubbles: true }))
}

const step = (by) => {
  const all = options()
  choose(all[(all.indexOf(chosen()) + by + all.length) % all.length])
}

const KEYS = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Enter: () => write(chosen()),
  Tab: () => write(chosen()),
  Escape: close,
}

/* Before anything else hears of it: others stop these events at their own parts of the page. */
document.addEventListener(
  "input",
  ({ target }) => {
    if (!target.matches?.("textarea[data-mentions]")) return
    const match = typed(target)
    const names = match ? matching(match[1]) : []
    if (names.length && names[0] !== match[1].trim()) open(target, names)
    else if (field) close()
  },
  true,
)
document.addEventListener(
  "keydown",
  (event) => {
    if (event.target !== field || !(event.key in KEYS) || event.shiftKey) return
    event.preventDefault()
    event.stopPropagation()
    KEYS[event.key]()
  },
  true,
)
document.addEventListener("focusout", ({ target }) => target === field && setTimeout(() => document.activeElement !== field && close(), 150), true)
list.addEventListener("mousedown", (event) => {
  event.preventDefault()
  const option = event.target.closest('[role="option"]')
  if (option) write(option)
})
