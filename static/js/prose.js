/* The body markup of an article in the editor: one extension for each thing the markup knows and the editor does not.
   Names in capitals are the keys of BODY_EXTENSIONS in articles/editor.py; some replace the editor's own. */

import {
  Blockquote,
  Document as BaseDocument,
  Extension,
  gettext,
  Heading as BaseHeading,
  HorizontalRule as BaseHorizontalRule,
  Mark,
  OrderedList as BaseOrderedList,
  Table as BaseTable,
  TableCell as BaseTableCell,
  TableHeader as BaseTableHeader,
} from "django-prose-editor/editor"
import { ask } from "eir/prose-dialog"

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

const askForNote = () =>
  ask({
    title: gettext("Footnote"),
    submit: gettext("Insert"),
    fields: [{ name: "text", title: gettext("Text of the note"), rows: 3, required: true }],
  })

/* With text selected, the text becomes a note; with none, the note's text is asked for; in a note, it is text again. */
const toggleFootnote = (editor) => {
  const { selection } = editor.state
  if (editor.isActive("footnote")) {
    return editor.chain().focus().extendMarkRange("footnote").unsetMark("footnote").run()
  }
  if (!selection.empty) return editor.chain().focus().setMark("footnote").run()
  return askForNote().then((answer) => {
    const text = answer?.text.replace(/\s+/g, " ")
    if (!text) return editor.commands.focus()
    return editor.chain().focus().insertContent({ type: "text", text, marks: [{ type: "footnote" }] }).run()
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
