/* Typographic signs as one types: quotation marks by the story's language, apostrophes, dashes, the ellipsis. Each is a
   step of its own in the undo history, and Backspace right after brings back what was typed. Only what is typed is
   changed, never what is pasted, and nothing inside an address. */

import { crel, Extension, gettext, InputRule, Plugin } from "django-prose-editor/editor"

/* Opening and closing, first and second level. French spaces are narrow and do not break. */
const CURLY = ["“", "”", "‘", "’"]
const LOW = ["„", "“", "‚", "‘"]
const ANGLED = ["«", "»", "“", "”"]
const QUOTES = {
  cs: LOW, da: ["»", "«", "›", "‹"], de: LOW, el: ANGLED, en: CURLY, es: ANGLED, fi: ["”", "”", "’", "’"],
  fr: ["«\u202f", "\u202f»", "“", "”"], hu: ["„", "”", "»", "«"], it: ANGLED, nb: ["«", "»", "‘", "’"], nl: CURLY,
  no: ["«", "»", "‘", "’"], pl: ["„", "”", "«", "»"], pt: CURLY, "pt-pt": ANGLED, ro: ["„", "”", "«", "»"],
  ru: ["«", "»", "„", "“"], sk: LOW, sv: ["”", "”", "’", "’"], uk: ["«", "»", "„", "“"],
}
const NARROW = "\u202f"
const APOSTROPHE = "’"
const ELIDED = /(?<=^|[\s([—–])‘(\d\ds|(?:tis|twas|em|til|cause|bout)[\s.,;:!?)])$/iu
const ADDRESS = /(?:[a-z][a-z0-9+.-]*:\/\/|www\.|[^\s@]+@[^\s@]+\.)\S*$/i
const OPENS_AFTER = /(?:^|[\s\u00a0\u202f([{<«„“‘‚—–/\ufffc-])$/u

const quotesFor = (language) => {
  const code = language.toLowerCase().replace("_", "-")
  return QUOTES[code] ?? QUOTES[code.split("-")[0]] ?? CURLY
}

const isUnclosed = (text, opening, closing) =>
  opening !== closing && text.lastIndexOf(opening.trim()) > text.lastIndexOf(closing.trim())

const quotationMark = (before, [opening, closing]) => {
  if (closing.startsWith(NARROW)) {
    const open = isUnclosed(before, opening, closing)
    const space = open ? /\s$/u.exec(before)?.[0] ?? "" : ""
    if (open && !before.endsWith(opening)) return [space + '"', closing]
  }
  return ['"', OPENS_AFTER.test(before) ? opening : closing]
}

/* A single mark is an apostrophe, unless it opens a quotation of the second level or closes one. */
const singleMark = (before, [, , opening, closing]) => {
  if (OPENS_AFTER.test(before)) return ["'", opening]
  return ["'", isUnclosed(before, opening, closing) ? closing : APOSTROPHE]
}

/* What the end of a text is to be: [the signs to go, what comes in their place], or null. */
export const substitute = (text, language) => {
  const before = text.slice(0, -1)
  const quotes = quotesFor(language)
  if (ADDRESS.test(before)) return null
  if (text.endsWith('"')) return quotationMark(before, quotes)
  if (text.endsWith("'")) return singleMark(before, quotes)
  if (text.endsWith("–-")) return ["–-", "—"]
  if (/[^-–—]--$/u.test(text)) return ["--", "–"]
  if (/(?<!\.)\.\.\.$/u.test(text)) return ["...", "…"]
  const elided = ELIDED.exec(text)
  if (elided) return [elided[0], APOSTROPHE + elided[1]]
  const within = quotes[3] !== APOSTROPHE && new RegExp(`(?<=\\p{L})${quotes[3]}(\\p{L})$`, "u").exec(text)
  return within ? [within[0], APOSTROPHE + within[1]] : null
}

/* ------------------------------------------------------------- in the form */

const REMEMBERED = "eir:smart-quotes"
const remembered = () => localStorage.getItem(REMEMBERED) !== "off"
const remember = (isOn) => localStorage.setItem(REMEMBERED, isOn ? "on" : "off")

const languageField = () => document.querySelector("[name=language]")
const language = () => languageField()?.value.trim() || document.documentElement.lang || "en"

const choice = () => {
  const input = crel("input", { type: "checkbox", checked: remembered() })
  input.setAttribute("form", "prose-quotes-has-no-form")
  input.addEventListener("input", (event) => event.stopPropagation())
  input.addEventListener("change", (event) => (event.stopPropagation(), remember(input.checked)))
  const example = crel("span", { lang: "zxx" })
  const label = crel("label", { className: "prose-line__choice" }, [input, ` ${gettext("Smart quotes")} `, example])
  const show = () => (example.textContent = `${quotesFor(language()).slice(0, 2).join("")} (${language()})`)
  return { label, show }
}

export const SmartQuotes = Extension.create({
  name: "smartQuotes",

  addInputRules() {
    const find = (text) => {
      const change = remembered() ? substitute(text, language()) : null
      return change && { index: text.length - change[0].length, text: change[0], data: change[1] }
    }
    const handler = ({ state, range, match }) => {
      const marks = state.storedMarks ?? state.doc.resolve(range.to).marks()
      state.tr.replaceWith(range.from, range.to, state.schema.text(match.data, marks)).ensureMarks(marks)
    }
    return [new InputRule({ find, handler })]
  },

  /* The switch, in the line below the text; the language may be changed in the form at any time. */
  addProseMirrorPlugins() {
    const { editor } = this
    const view = () => {
      const { label, show } = choice()
      editor.storage.wordCount?.line.append(label)
      document.addEventListener("change", show)
      document.addEventListener("input", show)
      show()
      return {
        destroy() {
          label.remove()
          document.removeEventListener("change", show)
          document.removeEventListener("input", show)
        },
      }
    }
    return [new Plugin({ view })]
  },
})
