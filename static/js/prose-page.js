/* The way from any script of the page to the editor of the story's text (the form's field "body").

     import { whenReady } from "eir/prose-page"
     whenReady((editor, textarea) => { … })

   Import it by that name, never by a path: files are served under names that change with their content, and the page's
   import map (IMPORT_MAP in articles/editor.py, written before the form's scripts) knows the present one. The script
   that imports it must be a module, named in the form's media or in a template below it:
   <script type="module" src="{% static 'js/desk-something.js' %}"></script>.

   `editor` is Tiptap's (editor.state, editor.chain(), editor.on("update", …), editor.registerPlugin(…)); `textarea` holds
   the text as stored HTML and fires "input" after every change. The callback runs at once if the editor is there
   already, otherwise as soon as it is; never, where the text may only be read. The module keeps no state, so it does no
   harm to be loaded twice. A script that is no module listens for the event itself: "prose-editor:ready" bubbles up to
   the document from the text area, with { editor, textarea } as its detail. */

const FIELD = 'textarea[name="body"]'

const present = () => {
  const textarea = document.querySelector(FIELD)
  const editor = textarea?.closest(".prose-editor")?.querySelector(".ProseMirror")?.editor
  return editor ? { editor, textarea } : null
}

export const whenReady = (callback) => {
  const found = present()
  if (found) {
    callback(found.editor, found.textarea)
    return
  }
  const listen = ({ detail: { editor, textarea } }) => {
    if (!textarea.matches(FIELD)) return
    document.removeEventListener("prose-editor:ready", listen)
    callback(editor, textarea)
  }
  document.addEventListener("prose-editor:ready", listen)
}
