/* The paywall divider: all above it is free. */

import { crel, gettext, Node, Plugin } from "django-prose-editor/editor"
import { insertBlock } from "eir/prose-insert"

const dividersIn = (doc) => {
  const found = []
  doc.forEach((node, position) => node.type.name === "paywallDivider" && found.push({ position, size: node.nodeSize }))
  return found
}

const toggleDivider = (editor) => {
  const [divider] = dividersIn(editor.state.doc)
  if (divider) {
    const { position, size } = divider
    return editor.chain().focus().deleteRange({ from: position, to: position + size }).run()
  }
  return insertBlock(editor, { type: "paywallDivider" })
}

export const PaywallDivider = Node.create({
  name: "paywallDivider",
  group: "top",
  atom: true,
  draggable: true,

  parseHTML: () => [{ tag: "hr.paywall", priority: 60 }],
  renderHTML: () => ["hr", { class: "paywall" }],

  addNodeView() {
    const words = gettext("Paywall: readers see what is above")
    return () => ({ dom: crel("div", { className: "paywall-bar", role: "separator", textContent: words }) })
  },

  /* A second divider, pasted or dragged in, gives way to the first. */
  addProseMirrorPlugins() {
    const appendTransaction = (transactions, _before, { doc, tr }) => {
      const extra = dividersIn(doc).slice(1).reverse()
      if (!extra.length || !transactions.some((transaction) => transaction.docChanged)) return null
      for (const { position, size } of extra) tr.delete(position, position + size)
      return tr
    }
    return [new Plugin({ appendTransaction })]
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "paywallDivider",
      groups: "paywall",
      button: buttons.material("lock", gettext("Paywall divider")),
      command: toggleDivider,
      active: (editor) => dividersIn(editor.state.doc).length > 0,
    })
  },
})
