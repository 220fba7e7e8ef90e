/* Embeds: a card that leads to a film or post elsewhere. The card is a link, here and on the reader's page: nothing of
   the other site is loaded, so its title is asked for. An https address that stands alone in a line, pasted or typed,
   is offered to become one. */

import { crel, gettext, Node, Plugin, pm } from "django-prose-editor/editor"
import { field, openDialog } from "eir/prose-dialog"
import { insertBlock } from "eir/prose-insert"
import { Offer } from "eir/prose-offer"

const askForCard = ({ href = "", title = "" }, submit) =>
  openDialog({
    title: gettext("Embed"),
    submit,
    parts: [
      field({ name: "href", type: "url", title: gettext("Web address"), value: href, required: true }),
      field({
        name: "title",
        title: gettext("Title"),
        hint: gettext("what readers see on the card; nothing is loaded from the address"),
        value: title,
        required: true,
      }),
    ],
    answer: (values) => {
      const card = { href: values.href.trim(), title: values.title.trim() }
      if (!/^https?:\/\/[^\s/]+/i.test(card.href)) throw new Error(gettext("Write the whole address, with https:// in front."))
      if (!card.title) throw new Error(gettext("Say what readers find there."))
      return card
    },
  })

const editEmbed = async (editor) => {
  const isEmbed = editor.isActive("embed")
  const attrs = await askForCard(isEmbed ? editor.getAttributes("embed") : {}, isEmbed ? gettext("Update") : gettext("Insert"))
  if (!attrs) editor.commands.focus()
  else if (isEmbed) editor.chain().focus().updateAttributes("embed", attrs).run()
  else insertBlock(editor, { type: "embed", attrs })
}

/* --------------------------------------------------------------- the offer */

const key = new pm.state.PluginKey("embedOffer")
const ADDRESS = /^https:\/\/[^\s/]+\.[^\s]+$/i

const isAddress = (node) => node?.type.name === "paragraph" && ADDRESS.test(node.textContent)

/* Where the paragraph of an address begins that was pasted just now, or left with Enter. */
const fresh = (transaction) => {
  const { $from } = transaction.selection
  if ($from.depth !== 1) return null
  const isPasted = transaction.getMeta("paste") || transaction.getMeta("uiEvent") === "paste"
  if (isPasted && isAddress($from.parent)) return $from.before(1)
  const previous = $from.doc.child(Math.max($from.index(0) - 1, 0))
  const isNextLine = $from.index(0) > 0 && $from.parentOffset === 0 && !$from.parent.content.size
  return isNextLine && isAddress(previous) ? $from.before(1) - previous.nodeSize : null
}

const placeToOffer = (transaction, place) => {
  const told = transaction.getMeta(key)
  if (told !== undefined) return told.place
  if (!transaction.docChanged) return place
  const isHistory = pm.history.isHistoryTransaction(transaction)
  const found = isHistory ? null : fresh(transaction)
  if (found !== null) return found
  const kept = place === null ? null : transaction.mapping.map(place)
  return kept !== null && isAddress(transaction.doc.nodeAt(kept)) ? kept : null
}

const dismiss = ({ view }) => view.dispatch(view.state.tr.setMeta(key, { place: null }))

const makeCard = async (editor, place) => {
  const href = editor.state.doc.nodeAt(place).textContent
  const attrs = await askForCard({ href }, gettext("Make a card"))
  if (!attrs) return dismiss(editor)
  editor
    .chain()
    .focus()
    .command(({ tr, state }) => {
      const end = place + state.doc.nodeAt(place).nodeSize
      tr.replaceWith(place, end, state.schema.nodes.embed.create(attrs)).setMeta(key, { place: null })
      if (place + 1 === tr.doc.content.size) tr.insert(place + 1, state.schema.nodes.paragraph.create())
      tr.setSelection(pm.state.TextSelection.near(tr.doc.resolve(place + 1)))
      return true
    })
    .run()
}

const showOffer = (editor, offer, before) => {
  const place = key.getState(editor.state)
  if (place === key.getState(before) && editor.state.doc.eq(before.doc)) return offer.stay()
  if (place === null) return offer.isOpen && offer.hide()
  const { content, textContent } = editor.state.doc.nodeAt(place)
  offer.show({
    place: place + 1 + content.size,
    words: gettext("Make %s a card?").replace("%s", hostOf(textContent)),
    choices: [{ label: gettext("Make a card"), run: () => makeCard(editor, place) }],
    onLeave: () => dismiss(editor),
  })
}

/* ----------------------------------------------------------------- the node */

const hostOf = (href) => {
  try {
    return new URL(href).hostname.replace(/^www\./, "")
  } catch {
    return href
  }
}

export const Embed = Node.create({
  name: "embed",
  group: "top",
  atom: true,
  draggable: true,
  priority: 1000,

  addStorage: () => ({ offer: null }),

  addAttributes() {
    const link = (element) => element.querySelector("a")
    return {
      href: { default: "", parseHTML: (element) => link(element)?.getAttribute("href") ?? "", rendered: false },
      title: { default: "", parseHTML: (element) => link(element)?.textContent ?? "", rendered: false },
    }
  },

  parseHTML: () => [{ tag: "div.embed", priority: 60, getAttrs: (element) => (element.querySelector("a") ? null : false) }],

  renderHTML: ({ node }) => ["div", { class: "embed" }, ["a", { href: node.attrs.href }, node.attrs.title]],

  addNodeView() {
    return ({ node }) => {
      const title = crel("span", { className: "embed-title", textContent: node.attrs.title })
      const host = crel("span", { className: "embed-host", textContent: hostOf(node.attrs.href) })
      return { dom: crel("div", { className: "embed" }, [title, " ", host]) }
    }
  },

  addKeyboardShortcuts() {
    return {
      "Mod-.": () => this.storage.offer.isOpen && (this.storage.offer.focus(), true),
      Escape: () => this.storage.offer.isOpen && (this.storage.offer.leave(), true),
    }
  },

  addProseMirrorPlugins() {
    const { editor, storage } = this
    const state = { init: () => null, apply: placeToOffer }
    const view = (editorView) => {
      storage.offer = new Offer(editorView, gettext("Offer for an address"))
      return {
        update: (_view, before) => showOffer(editor, storage.offer, before),
        destroy: () => storage.offer.destroy(),
      }
    }
    return [new Plugin({ key, state, view })]
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "embed",
      groups: "insertions",
      priority: 90,
      button: buttons.material("smart_display", gettext("Embed")),
      command: editEmbed,
      active: (editor) => editor.isActive("embed"),
    })
  },
})
