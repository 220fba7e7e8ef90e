/* The house style, marked as one writes. The page may hold what the house avoids and prefers:

     <script type="application/json" id="house-style">[{ "avoid": "…", "prefer": "…", "note": "…" }]</script>

   Whole words count, in whatever case; what is written as preferred is never marked. Marks are decorations: they are in
   no stored text. A click, or Mod-. with the cursor in the word, offers the replacement. */

import { crel, Extension, gettext, Plugin, pm } from "django-prose-editor/editor"
import { Offer } from "eir/prose-offer"

const key = new pm.state.PluginKey("houseStyle")

const plain = (text) => text.toLowerCase().replace(/[’‘]/g, "'").replace(/\s+/g, " ")

const readRules = () => {
  const rules = JSON.parse(document.getElementById("house-style")?.textContent || "[]")
  return new Map(rules.filter(({ avoid }) => avoid.trim()).map((rule) => [plain(rule.avoid.trim()), rule]))
}

const patternOf = (words) => {
  const escaped = [...words]
    .toSorted((one, other) => other.length - one.length)
    .map((each) => each.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/'/g, "['’‘]").replace(/ /g, "\\s+"))
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join("|")})(?![\\p{L}\\p{N}])`, "giu")
}

/* Blocks never change, they are replaced: what was found in one is kept until it goes. */
const makeFinder = (rules) => {
  const known = new WeakMap()
  const expression = patternOf(rules.keys())
  const inBlock = (block) => {
    const text = block.textBetween(0, block.content.size, "", "\ufffc")
    const found = [...text.matchAll(expression)].map(({ index, 0: words }) => ({ index, words, rule: rules.get(plain(words)) }))
    return found.filter(({ words, rule }) => rule && words !== rule.prefer)
  }
  return (doc) => {
    const hits = []
    doc.descendants((block, position) => {
      if (!block.isTextblock) return true
      if (!known.has(block)) known.set(block, inBlock(block))
      for (const { index, words, rule } of known.get(block)) {
        const from = position + 1 + index
        hits.push({ from, to: from + words.length, words, rule })
      }
      return false
    })
    return hits
  }
}

const advice = ({ prefer, note }) =>
  [prefer ? gettext("prefer “%s”").replace("%s", prefer) : gettext("avoid"), note].filter(Boolean).join(" – ")

const marked = (state) => {
  const { hits } = key.getState(state)
  const mark = ({ from, to, rule }) => pm.view.Decoration.inline(from, to, { class: "prose-avoid", title: advice(rule) })
  return pm.view.DecorationSet.create(state.doc, hits.map(mark))
}

/* As what it replaces: capitals stay capitals. */
const inCaseOf = (words, text) => {
  if (words.length > 1 && words === words.toUpperCase() && words !== words.toLowerCase()) return text.toUpperCase()
  return /^\p{Lu}/u.test(words) ? text[0].toUpperCase() + text.slice(1) : text
}

const hitAt = (state, place) => key.getState(state).hits.find(({ from, to }) => from <= place && place <= to)

const offerFor = (view, offer, { from, to, words, rule }) => {
  const text = rule.prefer ? inCaseOf(words, rule.prefer) : ""
  const write = () => view.dispatch(pm.history.closeHistory(view.state.tr.insertText(text, from, to)).scrollIntoView())
  offer.show({
    place: from,
    words: `“${words}”: ${advice(rule)}`,
    choices: text ? [{ label: gettext("Write “%s”").replace("%s", text), run: write }] : [],
  })
}

/* In the line below the text: how many there are; a press leads to the next. */
const makeCounter = (view, offer) => {
  const button = crel("button", { type: "button", className: "prose-line__button" })
  button.addEventListener("click", () => {
    const { hits } = key.getState(view.state)
    const hit = hits.find(({ from }) => from > view.state.selection.to) ?? hits[0]
    const selection = pm.state.TextSelection.create(view.state.doc, hit.from, hit.to)
    view.dispatch(view.state.tr.setSelection(selection))
    view.focus()
    view.domAtPos(hit.from).node.parentElement.scrollIntoView({ block: "center" })
    offerFor(view, offer, hit)
  })
  const show = () => {
    const count = key.getState(view.state).hits.length
    button.hidden = !count
    button.textContent = `${gettext("House style")}: ${count}`
  }
  return { button, show }
}

export const HouseStyle = Extension.create({
  name: "houseStyle",
  priority: 1000,

  addStorage: () => ({ offer: null }),

  addKeyboardShortcuts() {
    const open = ({ editor }) => {
      const { empty, from } = editor.state.selection
      const hit = this.storage.offer && (empty || this.storage.offer.isOpen) && hitAt(editor.state, from)
      if (!hit) return false
      offerFor(editor.view, this.storage.offer, hit)
      this.storage.offer.focus()
      return true
    }
    return { "Mod-.": open, Escape: () => Boolean(this.storage.offer?.isOpen) && (this.storage.offer.leave(), true) }
  },

  addProseMirrorPlugins() {
    const rules = readRules()
    if (!rules.size) return []
    const { storage, editor } = this
    const find = makeFinder(rules)
    const state = {
      init: (_config, { doc }) => ({ hits: find(doc) }),
      apply: (transaction, before) => (transaction.docChanged ? { hits: find(transaction.doc) } : before),
    }
    const view = (editorView) => {
      const offer = (storage.offer = new Offer(editorView, gettext("House style")))
      const { button, show } = makeCounter(editorView, offer)
      editor.storage.wordCount?.line.append(button)
      show()
      const update = (now, before) => {
        const isSame = now.state.doc.eq(before.doc)
        if (!isSame) show()
        if (isSame && now.state.selection.eq(before.selection)) offer.stay()
        else if (offer.isOpen) offer.hide()
      }
      return { update, destroy: () => (offer.destroy(), button.remove()) }
    }
    const handleClick = (editorView, place) => {
      const hit = hitAt(editorView.state, place)
      if (hit) setTimeout(() => offerFor(editorView, storage.offer, hit))
      return false
    }
    return [new Plugin({ key, state, view, props: { decorations: marked, handleClick } })]
  },
})
