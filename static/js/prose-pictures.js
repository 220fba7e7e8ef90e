/* Pictures in the text: from the library, from this person's device, dropped or pasted. The picture is the node, its
   caption the text inside. Choosing and wording is in prose-library.js. */

import { crel, gettext, Node, Plugin } from "django-prose-editor/editor"
import { openDialog } from "eir/prose-dialog"
import { insertBlock } from "eir/prose-insert"
import { addPicture, choosePicture, rewordPicture } from "eir/prose-library"

/* ------------------------------------------------------------ putting it in */

const caption = ({ caption, credit }) => [
  ...(caption.trim() ? [{ type: "text", text: credit.trim() ? `${caption.trim()} ` : caption.trim() }] : []),
  ...(credit.trim() ? [{ type: "text", text: credit.trim(), marks: [{ type: "credit" }] }] : []),
]

const attributes = ({ id, src, width, height, alt }) => ({ picture: String(id), src, width, height, alt: alt.trim() })

const insertPicture = (editor, picture, place = null) =>
  insertBlock(editor, { type: "figure", attrs: attributes(picture), content: caption(picture) }, place)

const editPicture = async (editor) => {
  const current = editor.isActive("figure") ? editor.getAttributes("figure") : null
  const worded = current && (await rewordPicture(current))
  if (worded?.alt) return editor.chain().focus().updateAttributes("figure", { alt: worded.alt.trim() }).run()
  const chosen = !current || worded?.isOther ? await choosePicture() : null
  if (!chosen) return editor.commands.focus()
  if (!current) return insertPicture(editor, chosen)
  return editor.chain().focus().updateAttributes("figure", attributes(chosen)).run()
}

/* One dialog after the other; a further picture comes after the one before. */
const addFiles = async (editor, files, place) => {
  const pictures = files.filter(({ type }) => type.startsWith("image/"))
  if (!pictures.length) {
    const words = gettext("Only pictures can be put into the text: JPEG, PNG, WebP or AVIF.")
    await openDialog({ title: gettext("Not a picture"), parts: [crel("p", { textContent: words })] })
  }
  for (const [index, file] of pictures.entries()) {
    const added = await addPicture(file)
    if (added) insertPicture(editor, added, index ? null : place)
  }
}

/* A copied picture comes with the address it had; a copied text, with a picture of itself. */
const isText = (transfer) => {
  const { body } = new DOMParser().parseFromString(transfer.getData("text/html"), "text/html")
  return body.textContent.trim() !== "" || body.querySelectorAll("img").length > 1
}

const takeFiles = (editor, transfer, place = null) => {
  const files = [...(transfer?.files ?? [])]
  if (!files.length || isText(transfer)) return false
  addFiles(editor, files, place)
  return true
}

const drop = (editor, view, event, isMoved) => {
  const place = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? null
  const isTaken = !isMoved && takeFiles(editor, event.dataTransfer, place)
  if (isTaken) event.preventDefault()
  return isTaken
}

/* A file dropped beside the text would open in place of the page, and what is not saved would be gone. */
const guardPage = () => {
  const refuse = (event) => {
    const isForField = event.target.closest?.("input[type=file]")
    if (event.dataTransfer?.types.includes("Files") && !isForField && !event.defaultPrevented) event.preventDefault()
  }
  for (const name of ["dragover", "drop"]) document.addEventListener(name, refuse)
  return { destroy: () => ["dragover", "drop"].forEach((name) => document.removeEventListener(name, refuse)) }
}

/* ----------------------------------------------------------------- the node */

const imageAttributes = ({ src, picture, width, height, alt }) => {
  const given = Object.entries({ src, "data-picture": picture, width, height }).filter(([, value]) => value)
  return { ...Object.fromEntries(given), alt: alt ?? "" }
}

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
    return { Enter: leave, "Mod-Alt-p": ({ editor }) => (editPicture(editor), true) }
  },

  addProseMirrorPlugins() {
    const { editor } = this
    const handlePaste = (_view, event) => takeFiles(editor, event.clipboardData)
    const handleDrop = (view, event, _slice, isMoved) => drop(editor, view, event, isMoved)
    return [new Plugin({ view: guardPage, props: { handlePaste, handleDrop } })]
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
