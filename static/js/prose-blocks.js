/* What a writer inserts between paragraphs: pictures, embeds, the paywall divider. */

import { crel, gettext, Node, Plugin, pm, updateAttrsDialog } from "django-prose-editor/editor"

/* Put a block after the one the cursor is in, or in place of an empty paragraph, and go on writing in or after it. */
const insertBlock = (editor, json) =>
  editor
    .chain()
    .focus()
    .command(({ tr }) => {
      const { schema, selection } = editor.state
      const { $to } = selection
      const end = $to.depth ? $to.after(1) : $to.pos
      const isBlank = $to.depth === 1 && $to.parent.type.name === "paragraph" && !$to.parent.content.size
      const start = isBlank ? $to.before(1) : end
      const block = schema.nodeFromJSON(json)
      const after = start + block.nodeSize
      tr.replaceWith(start, end, block)
      if (after === tr.doc.content.size) tr.insert(after, schema.nodes.paragraph.create())
      tr.setSelection(pm.state.TextSelection.near(tr.doc.resolve(block.isAtom ? after + 1 : start + 1)))
      return true
    })
    .run()

/* ---------------------------------------------------------------- pictures */

const pictureDialog = (editor, attrs) =>
  updateAttrsDialog(
    {
      source: {
        type: "string",
        title: gettext("Picture"),
        description: gettext("its number in the picture library, or its address: /media/…"),
        required: true,
      },
      alt: { type: "string", title: gettext("What the picture shows, for those who cannot see it") },
    },
    { title: gettext("Picture"), submitText: attrs.source ? gettext("Update") : gettext("Insert") },
  )(editor, attrs)

const sizeOf = (src) =>
  new Promise((resolve) => {
    const image = new Image()
    image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight })
    image.onerror = () => resolve({ width: null, height: null })
    image.src = src
  })

/* A number names a picture of the library, whose file the page knows; a path names the file itself. */
const pictureFrom = async (source) => {
  if (/^\d+$/.test(source)) return { picture: source, src: null, width: null, height: null }
  return { picture: null, src: source, ...(await sizeOf(source)) }
}

const editPicture = async (editor) => {
  const current = editor.isActive("figure") ? editor.getAttributes("figure") : null
  const known = current?.picture ?? current?.src ?? ""
  const attrs = await pictureDialog(editor, { source: known, alt: current?.alt })
  const source = attrs?.source.trim() ?? ""
  if (!/^(\d+|\/media\/.+)$/.test(source)) return
  const picture = source === known ? {} : await pictureFrom(source)
  const figure = { ...picture, alt: attrs.alt.trim() }
  if (current) editor.chain().focus().updateAttributes("figure", figure).run()
  else insertBlock(editor, { type: "figure", attrs: figure })
}

const imageAttributes = ({ src, picture, width, height, alt }) => {
  const given = Object.entries({ src, "data-picture": picture, width, height }).filter(([, value]) => value)
  return { ...Object.fromEntries(given), alt: alt ?? "" }
}

/* The picture is the node, its caption the text inside. */
export const Picture = Node.create({
  name: "figure",
  group: "top",
  content: "inline*",
  isolating: true,
  draggable: true,

  addAttributes() {
    const of = (name) => ({
      default: name === "alt" ? "" : null,
      parseHTML: (element) => element.querySelector("img")?.getAttribute(name) ?? null,
      rendered: false,
    })
    return { src: of("src"), alt: of("alt"), width: of("width"), height: of("height"), picture: of("data-picture") }
  },

  parseHTML() {
    return [
      {
        tag: "figure",
        getAttrs: (element) => (element.querySelector("img") ? null : false),
        contentElement: (element) => element.querySelector("figcaption") ?? document.createElement("figcaption"),
      },
    ]
  },

  renderHTML({ node }) {
    const image = ["img", imageAttributes(node.attrs)]
    return node.content.size ? ["figure", image, ["figcaption", 0]] : ["figure", image]
  },

  addNodeView() {
    return ({ node }) => {
      const image = crel("img", { className: "prose-picture" })
      const contentDOM = crel("figcaption")
      const dom = crel("figure", {}, [image, contentDOM])
      image.contentEditable = "false"
      const update = (changed) => {
        if (changed.type !== node.type) return false
        for (const name of ["src", "width", "height"]) image.removeAttribute(name)
        for (const [name, value] of Object.entries(imageAttributes(changed.attrs))) image.setAttribute(name, value)
        contentDOM.dataset.hint = changed.content.size ? "" : gettext("Caption")
        dom.dataset.hint = changed.attrs.src ? "" : `${gettext("Picture")} ${changed.attrs.picture}`
        dom.classList.toggle("without-alt", !changed.attrs.alt)
        return true
      }
      update(node)
      return { dom, contentDOM, update, ignoreMutation: ({ target }) => !contentDOM.contains(target) }
    }
  },

  addKeyboardShortcuts() {
    const leave = ({ editor }) => {
      if (!editor.isActive("figure")) return false
      const after = editor.state.selection.$from.after(1)
      const next = editor.state.doc.nodeAt(after)
      const isBlank = next?.type.name === "paragraph" && !next.content.size
      const chain = isBlank ? editor.chain() : editor.chain().insertContentAt(after, { type: "paragraph" })
      return chain.setTextSelection(after + 1).run()
    }
    return { Enter: leave }
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "figure",
      groups: "insertions",
      priority: 110,
      button: buttons.material("image", gettext("Picture with caption")),
      command: editPicture,
      active: (editor) => editor.isActive("figure"),
    })
  },
})

/* ------------------------------------------------------------------ embeds */

const embedDialog = updateAttrsDialog(
  {
    href: { type: "string", format: "url", title: gettext("Web address"), required: true },
    title: { type: "string", title: gettext("Title"), required: true },
  },
  { title: gettext("Embed"), submitText: gettext("Insert") },
)

const editEmbed = (editor) => {
  const isEmbed = editor.isActive("embed")
  return embedDialog(editor, isEmbed ? editor.getAttributes("embed") : {}).then((attrs) => {
    if (!attrs || !/^https?:\/\//i.test(attrs.href)) return
    if (isEmbed) editor.chain().focus().updateAttributes("embed", attrs).run()
    else insertBlock(editor, { type: "embed", attrs })
  })
}

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

/* ----------------------------------------------------------------- paywall */

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
