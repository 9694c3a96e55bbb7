/** What the client uses of the editor's own interface; the editor brings the rest, and the module itself. */
declare module "vscode" {
  export type Disposable = { dispose(): unknown }
  export type ExtensionContext = { readonly subscriptions: Disposable[] }
  export const workspace: {
    readonly isTrusted: boolean
    getConfiguration(section: string): { get<Value>(key: string, otherwise: Value): Value }
    onDidChangeConfiguration(listener: (event: { affectsConfiguration(key: string): boolean }) => void): Disposable
  }
  export const window: {
    showErrorMessage(message: string, ...actions: string[]): Promise<string | undefined>
  }
  export const commands: {
    registerCommand(name: string, run: () => unknown): Disposable
    executeCommand(name: string, ...parameters: unknown[]): Promise<unknown>
  }
}
