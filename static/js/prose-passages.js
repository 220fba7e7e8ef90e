/* Passages of the text in the editor that comments are about: found in the text that articles/markup/anchors.py counts
   them in, and kept in their places while one types, as decorations, which change nothing in the text. */

import { Plugin, pm } from "django-prose-editor/editor"

/* ----------------------------------------------------------- in the characters */

/* The walk that anchors.py describes, with the place of every character. Counted are code points, as Python does. */
const lettersIn = (block, start) => {
  const letters = []
  block.forEach((child, offset) => {
    let from = start + offset
    for (const sign of child.isText ? child.text : "\n") {
      const to = from + (child.isText ? sign.length : child.nodeSize)
      letters.push({ sign, from, to })
      from = to
    }
  })
  return letters
}

export const lettersOf = (doc) => {
  const letters = []
  const add = (line) => {
    if (!line.length) return
    if (letters.length) letters.push({ sign: "\n", from: letters.at(-1).to, to: line[0].from })
    for (const letter of line) letters.push(letter)
  }
  doc.descendants((node, position) => {
    if (node.type.name === "embed") {
      add(Array.from(node.attrs.title ?? "", (sign) => ({ sign, from: position, to: position + node.nodeSize })))
    }
    if (!node.isTextblock) return true
    add(lettersIn(node, position + 1))
    return false
  })
  return letters
}

const wordsOf = (letters) => letters.map(({ sign }) => sign).join("")

/* Where the passage stands in the document; null if the text has no such characters. */
export const placeOf = (letters, start, end) =>
  0 <= start && start < end && end <= letters.length ? { from: letters[start].from, to: letters[end - 1].to } : null

/* The characters between two places of the document, and the number of the first. Line ends at its edges fall off. */
export const passageAt = (letters, from, to) => {
  let start = letters.findIndex((letter) => letter.from >= from && letter.sign !== "\n")
  let end = letters.findLastIndex((letter) => letter.to <= to && letter.sign !== "\n") + 1
  if (start < 0 || end <= start) [start, end] = [0, 0]
  return { near: start, quote: wordsOf(letters.slice(start, end)) }
}

/* Where the words stand: of several places the one nearest to a character; null if they are nowhere. */
export const placeNear = (letters, quote, near) => {
  const text = wordsOf(letters)
  const starts = []
  for (let at = quote ? text.indexOf(quote) : -1; at >= 0; at = text.indexOf(quote, at + 1)) {
    starts.push([...text.slice(0, at)].length)
  }
  if (!starts.length) return null
  const start = starts.reduce((best, each) => (Math.abs(each - near) < Math.abs(best - near) ? each : best))
  return placeOf(letters, start, start + [...quote].length)
}

/* ------------------------------------------------------------ in the editor */

/* Its state: the places of the threads by their keys (of the comment being written: NEW), and the active one. A
   transaction's meta { places, active } changes them; a place of null goes. */
export const passages = new pm.state.PluginKey("passages")
export const NEW = "new"

export const textAt = (doc, { from, to }) => doc.textBetween(from, to, "\n", "\n")

/* Suggested words (`words`) were written in place of others (`instead`), and are not undone or gone with their text. */
export const isTaken = (doc, place) => {
  if (place.instead === undefined) return false
  const text = textAt(doc, place)
  return text !== place.instead && (text !== "" || place.words === "")
}

/* What is put in at the edges of a passage is not part of it; but what was deleted or replaced may come back. */
const moved = (place, mapping) => {
  const side = place.instead !== undefined || place.from >= place.to ? -1 : 1
  const from = mapping.map(place.from, side)
  return { ...place, from, to: Math.max(from, mapping.map(place.to, -side)) }
}

const reduce = (transaction, before) => {
  let { places, active } = before
  if (transaction.docChanged) places = new Map([...places].map(([id, place]) => [id, moved(place, transaction.mapping)]))
  const change = transaction.getMeta(passages)
  if (!change) return transaction.docChanged ? { places, active } : before
  places = new Map(places)
  for (const [id, place] of Object.entries(change.places ?? {})) place ? places.set(id, place) : places.delete(id)
  return { places, active: change.active === undefined ? active : change.active }
}

const tint = (state) => {
  const { places, active } = passages.getState(state)
  const marks = [...places].filter(([, place]) => place.from < place.to && !isTaken(state.doc, place))
  const mark = ([id, { from, to }]) =>
    pm.view.Decoration.inline(from, to, { class: id === active ? "comment-mark comment-mark--active" : "comment-mark", "data-thread": id })
  return pm.view.DecorationSet.create(state.doc, marks.map(mark))
}

export const passagesPlugin = (props) => {
  const state = { init: () => ({ places: new Map(), active: null }), apply: reduce }
  return new Plugin({ key: passages, state, props: { ...props, decorations: tint } })
}
