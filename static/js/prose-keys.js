/* The help sheet: every shortcut of the text, the editor's own among them, in the words of the menu and with the keys
   of this person's keyboard. Another script adds rows: editor.storage.keySheet.rows.push([group, what, keys, …]). */

import { crel, Extension, gettext } from "django-prose-editor/editor"
import { keyNames, openDialog } from "eir/prose-dialog"

const TEXT = gettext("Text")
const BLOCKS = gettext("Paragraphs")
const LISTS = gettext("Lists and tables")
const INSERT = gettext("Insert")
const WORK = gettext("Find, undo, help")

const ROWS = [
  [TEXT, gettext("Bold"), "Mod-b"],
  [TEXT, gettext("Italic"), "Mod-i"],
  [TEXT, gettext("Struck out"), "Mod-Shift-s"],
  [TEXT, gettext("Superscript"), "Mod-."],
  [TEXT, gettext("Subscript"), "Mod-,"],
  [TEXT, gettext("Link, to a web page or a story of ours"), "Mod-k"],
  [TEXT, gettext("Footnote"), "Mod-Alt-f"],
  [BLOCKS, gettext("Heading"), "Mod-Alt-2"],
  [BLOCKS, gettext("Lower heading"), "Mod-Alt-3"],
  [BLOCKS, gettext("Paragraph"), "Mod-Alt-0"],
  [BLOCKS, gettext("Quotation"), "Mod-Shift-b"],
  [BLOCKS, gettext("Display quote"), "Mod-Alt-q"],
  [BLOCKS, gettext("New line in the paragraph"), "Shift-Enter", "Mod-Enter"],
  [LISTS, gettext("List with bullets"), "Mod-Shift-8"],
  [LISTS, gettext("Numbered list"), "Mod-Shift-7"],
  [LISTS, gettext("Deeper in a list; next cell of a table"), "Tab"],
  [LISTS, gettext("Back out; previous cell"), "Shift-Tab"],
  [LISTS, gettext("Delete the table, with all its cells selected"), "Backspace", "Delete"],
  [INSERT, gettext("Picture from the library, or a new one"), "Mod-Alt-p"],
  [INSERT, gettext("Card for the address in this line"), "Mod-."],
  [INSERT, gettext("What the house prefers, for a marked word"), "Mod-."],
  [WORK, gettext("Find"), "Mod-f"],
  [WORK, gettext("Find and replace"), "Mod-Alt-h"],
  [WORK, gettext("Next and previous hit"), "Mod-g", "Mod-Shift-g"],
  [WORK, gettext("Undo"), "Mod-z"],
  [WORK, gettext("Redo"), "Mod-Shift-z", "Mod-y"],
  [WORK, gettext("Undo a sign set as typed, right after"), "Backspace"],
  [WORK, gettext("Whole screen"), "F11"],
  [WORK, gettext("Close the search, or leave the whole screen"), "Escape"],
  [WORK, gettext("This sheet"), "Mod-/"],
]

const TYPED = [
  ["## ", gettext("heading")],
  ["### ", gettext("lower heading")],
  ["- ", gettext("list with bullets")],
  ["1. ", gettext("numbered list")],
  ["> ", gettext("quotation")],
  ["---", gettext("horizontal rule")],
]

const keyed = (keys) => keyNames(keys).flatMap((name) => [" ", crel("kbd", { textContent: name })])

const row = ([what, written]) => crel("div", {}, [crel("dt", { textContent: what }), crel("dd", {}, written)])

const either = (keys) => keys.flatMap((each, index) => [...(index ? [` ${gettext("or")}`] : []), ...keyed(each)])

const section = (title, rows) =>
  crel("section", {}, [crel("h3", { textContent: title }), crel("dl", {}, rows.map(row))])

const sheet = (rows) => {
  const groups = [...new Set(rows.map(([group]) => group))]
  const byKeys = groups.map((group) =>
    section(group, rows.filter(([of]) => of === group).map(([, what, ...keys]) => [what, either(keys)])),
  )
  const typed = TYPED.map(([signs, what]) => [what, [crel("kbd", { textContent: signs.trim() })]])
  return crel("div", { className: "prose-keys" }, [...byKeys, section(gettext("Typed at the start of a line"), typed)])
}

const showSheet = async (editor) => {
  const parts = [sheet(editor.storage.keySheet.rows)]
  const onOpen = ({ form }) => {
    const heading = form.querySelector("h2")
    heading.tabIndex = -1 /* so that the arrow keys scroll, from the top */
    heading.focus()
  }
  await openDialog({ title: gettext("Keyboard shortcuts"), parts, isWide: true, onOpen })
  editor.commands.focus()
}

export const KeySheet = Extension.create({
  name: "keySheet",

  addStorage: () => ({ rows: [...ROWS] }),

  addKeyboardShortcuts() {
    return { "Mod-/": ({ editor }) => (showSheet(editor), true) }
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "keySheet",
      groups: "utility",
      priority: 80,
      button: buttons.text("?", gettext("Keyboard shortcuts")),
      command: showSheet,
    })
  },
})
