/* How long the text is, below it: words and characters as readers get them (footnotes apart), minutes of reading at the
   pace of articles/markup/lead.py, and the same of what is selected. */

import { crel, Extension, gettext, Plugin } from "django-prose-editor/editor"

const WORDS_PER_MINUTE = 230

const isNote = (node) => node.marks.some((mark) => mark.type.name === "footnote")

/* The text between two places, its blocks apart from each other. */
const textBetween = (doc, from, to) => {
  let text = ""
  doc.nodesBetween(from, to, (node, position) => {
    if (node.isTextblock || (node.isAtom && !node.isText)) text += "\n"
    if (node.type.name === "embed") text += node.attrs.title
    if (node.isText && !isNote(node)) text += node.text.slice(Math.max(0, from - position), to - position)
  })
  return text
}

const measure = (text) => {
  const words = text.split(/\s+/).filter(Boolean).length
  const characters = [...text.replace(/\n/g, "")].length
  return { words, characters, minutes: Math.max(1, Math.round(words / WORDS_PER_MINUTE)) }
}

const number = new Intl.NumberFormat(document.documentElement.lang || undefined)

const pair = (title, value) => crel("span", {}, [`${title} `, crel("b", { textContent: value })])

const describe = ({ doc, selection }) => {
  const whole = measure(textBetween(doc, 0, doc.content.size))
  const parts = [
    pair(gettext("Words"), number.format(whole.words)),
    pair(gettext("Characters"), number.format(whole.characters)),
    pair(gettext("Reading time"), `${number.format(whole.minutes)} ${gettext("min")}`),
  ]
  if (selection.empty) return parts
  const { words, characters } = measure(textBetween(doc, selection.from, selection.to))
  const selected = `${number.format(words)} / ${number.format(characters)}`
  return [...parts, pair(gettext("Selected words / characters"), selected)]
}

/* The line below the text; other extensions put their switches into it (`editor.storage.wordCount.line`). */
export const WordCount = Extension.create({
  name: "wordCount",

  addStorage() {
    const line = crel("div", { className: "prose-line", role: "group", "aria-label": gettext("About the text") })
    const counts = crel("p", { className: "prose-line__counts" })
    line.append(counts)
    return { line, counts }
  },

  addProseMirrorPlugins() {
    const { line, counts } = this.storage
    const view = (editorView) => {
      const update = (now, before) => {
        if (before?.doc.eq(now.state.doc) && before.selection.eq(now.state.selection)) return
        counts.replaceChildren(...describe(now.state).flatMap((part) => [part, " "]))
      }
      editorView.dom.after(line)
      update(editorView)
      return { update, destroy: () => line.remove() }
    }
    return [new Plugin({ view })]
  },
})
