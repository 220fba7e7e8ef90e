/* The body markup of an article in the editor: one extension for each thing the markup knows and the editor does not.
   Names in capitals are the keys of BODY_EXTENSIONS in articles/editor.py; some replace the editor's own. */

import {
  Blockquote,
  crel,
  Document as BaseDocument,
  Extension,
  gettext,
  Heading as BaseHeading,
  HorizontalRule as BaseHorizontalRule,
  Mark,
  mergeAttributes,
  Node,
  OrderedList as BaseOrderedList,
  Plugin,
  pm,
  Table as BaseTable,
  TableCell as BaseTableCell,
  TableHeader as BaseTableHeader,
  updateAttrsDialog,
} from "django-prose-editor/editor"

/* Paragraphs and lists are "block" and may stand in lists, quotations and cells. All else is "top". */
export const Document = BaseDocument.extend({ content: "(block | top)+" })
export const Heading = BaseHeading.extend({ group: "top" })
export const HorizontalRule = BaseHorizontalRule.extend({ group: "top" })

/* Numbered lists are numbered 1, 2, 3: the stored markup knows no other kinds. */
export const OrderedList = BaseOrderedList.extend({
  addAttributes() {
    return { start: { default: 1, parseHTML: (element) => Number(element.getAttribute("start")) || 1 } }
  },
})

/* Cells are not merged: the stored markup has no spans. */
const MERGING = ["table:mergeCells", "table:splitCell"]
const plainCell = {
  content: "paragraph+",
  addAttributes() {
    const hidden = (value) => ({ default: value, parseHTML: () => value, renderHTML: () => ({}) })
    return { colspan: hidden(1), rowspan: hidden(1), colwidth: hidden(null) }
  },
}
export const TableCell = BaseTableCell.extend(plainCell)
export const TableHeader = BaseTableHeader.extend(plainCell)
export const Table = BaseTable.extend({
  group: "top",
  addMenuItems({ editor, buttons, menu }) {
    const defineItem = (item) => MERGING.includes(item.name) || menu.defineItem(item)
    this.parent?.({ editor, buttons, menu: { ...menu, defineItem } })
  },
})

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

/* ------------------------------------------------------------- quotations */

export const Quotation = Blockquote.extend({
  group: "top",
  content: "block+",

  addAttributes() {
    return {
      display: {
        default: false,
        parseHTML: (element) => element.classList.contains("display"),
        renderHTML: ({ display }) => (display ? { class: "display" } : {}),
      },
    }
  },

  addCommands() {
    return {
      ...this.parent?.(),
      toggleQuotation:
        (display) =>
        ({ editor, commands }) => {
          if (editor.isActive(this.name, { display })) return commands.lift(this.name)
          if (editor.isActive(this.name)) return commands.updateAttributes(this.name, { display })
          return commands.wrapIn(this.name, { display })
        },
    }
  },

  addKeyboardShortcuts() {
    return {
      "Mod-Shift-b": () => this.editor.commands.toggleQuotation(false),
      "Mod-Alt-q": () => this.editor.commands.toggleQuotation(true),
    }
  },

  addMenuItems({ buttons, menu }) {
    const define = (name, display, button, priority) =>
      menu.defineItem({
        name,
        groups: "quotations",
        priority,
        button,
        command: (editor) => editor.chain().focus().toggleQuotation(display).run(),
        active: (editor) => editor.isActive("blockquote", { display }),
        enabled: (editor) => editor.isActive("blockquote") || editor.can().wrapIn("blockquote"),
      })
    define("blockquote", false, buttons.material("format_quote", gettext("Quotation")), 100)
    define("displayQuote", true, buttons.material("format_indent_increase", gettext("Display quote")), 90)
  },
})

export const RunOn = Extension.create({
  name: "runOn",

  addGlobalAttributes() {
    return [
      {
        types: ["paragraph"],
        attributes: {
          runon: {
            default: false,
            keepOnSplit: false,
            parseHTML: (element) => element.classList.contains("runon"),
            renderHTML: ({ runon }) => (runon ? { class: "runon" } : {}),
          },
        },
      },
    ]
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "runOn",
      groups: "quotations",
      priority: 80,
      button: buttons.material("subdirectory_arrow_right", gettext("Sentence goes on after a display quote")),
      command: (editor) =>
        editor.chain().focus().updateAttributes("paragraph", { runon: !editor.isActive("paragraph", { runon: true }) }).run(),
      active: (editor) => editor.isActive("paragraph", { runon: true }),
      enabled: (editor) => editor.isActive("paragraph") && editor.state.selection.$from.depth === 1,
    })
  },
})

/* -------------------------------------------------------- notes and credits */

const spanMark = (name, priority, settings) =>
  Mark.create({
    name,
    priority,
    inclusive: false,
    parseHTML: () => [{ tag: `span.${name}` }],
    renderHTML: () => ["span", { class: name }, 0],
    ...settings,
  })

const noteDialog = updateAttrsDialog(
  { text: { type: "string", format: "textarea", title: gettext("Text of the note"), required: true } },
  { title: gettext("Footnote"), submitText: gettext("Insert") },
)

/* With text selected, the text becomes a note; with none, the note's text is asked for; in a note, it is text again. */
const toggleFootnote = (editor) => {
  const { selection } = editor.state
  if (editor.isActive("footnote")) {
    return editor.chain().focus().extendMarkRange("footnote").unsetMark("footnote").run()
  }
  if (!selection.empty) return editor.chain().focus().setMark("footnote").run()
  return noteDialog(editor, {}).then((attrs) => {
    const text = attrs?.text.replace(/\s+/g, " ").trim()
    if (!text) return
    editor.chain().focus().insertContent({ type: "text", text, marks: [{ type: "footnote" }] }).run()
  })
}

export const Footnote = spanMark("footnote", 1200, {
  addKeyboardShortcuts() {
    return { "Mod-Alt-f": ({ editor }) => (toggleFootnote(editor), true) }
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "footnote",
      groups: "insertions",
      priority: 120,
      button: buttons.text(gettext("Note"), gettext("Footnote")),
      command: toggleFootnote,
      active: (editor) => editor.isActive("footnote"),
      enabled: (editor) => editor.can().setMark("footnote"),
    })
  },
})

export const Credit = spanMark("credit", 1100, {
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "credit",
      groups: "insertions",
      priority: 100,
      button: buttons.material("copyright", gettext("Credit of the picture")),
      command: (editor) => editor.chain().focus().toggleMark("credit").run(),
      active: (editor) => editor.isActive("credit"),
      enabled: (editor) => !editor.state.selection.empty || editor.isActive("credit"),
      hidden: (editor) => !editor.isActive("figure"),
    })
  },
})

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
  renderHTML: ({ HTMLAttributes }) => ["hr", mergeAttributes(HTMLAttributes, { class: "paywall" })],

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

/* ----------------------------------------------------------- accessibility */

const nameText = (editor) => {
  const textarea = editor.options.element.querySelector("textarea")
  const name = textarea?.labels[0]?.textContent.trim() ?? gettext("Text")
  editor.view.dom.setAttribute("aria-label", name)
  editor.view.dom.setAttribute("aria-multiline", "true")
}

/* The menu's look says which buttons are on; so must their attributes. The text area's label names the text. */
export const Accessibility = Extension.create({
  name: "accessibility",

  onCreate: ({ editor }) => nameText(editor),

  /* The menu learns of a transaction after the extensions do. */
  onTransaction({ editor }) {
    queueMicrotask(() => {
      const menu = editor.options.element.querySelector(".prose-menubar")
      menu?.setAttribute("role", "toolbar")
      menu?.setAttribute("aria-label", gettext("Formatting"))
      for (const button of menu?.querySelectorAll(".prose-menubar__button[data-name]") ?? []) {
        button.setAttribute("aria-pressed", button.classList.contains("active"))
        button.setAttribute("aria-disabled", button.classList.contains("disabled"))
      }
    })
  },
})
