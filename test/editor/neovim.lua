-- Run by neovim.test.ts: opens a file, waits for what the server says of it, asks for a hover, and prints both.
local file, server = arg[1], arg[2]
vim.cmd("edit " .. vim.fn.fnameescape(file))
local config = { name = "appl", cmd = { server, "lsp" }, root_dir = vim.fn.fnamemodify(file, ":h") }
local client = vim.lsp.start_client(config)
vim.lsp.buf_attach_client(0, client)
local function say(...) io.stdout:write(string.format(...), "\n") end

vim.wait(30000, function() return #vim.diagnostic.get(0) > 0 end, 20)
for _, one in ipairs(vim.diagnostic.get(0)) do say("%d:%d %s %s", one.lnum + 1, one.col + 1, one.code, one.message) end

vim.api.nvim_win_set_cursor(0, { 3, 9 })
local position = vim.lsp.util.make_position_params(0, "utf-16")
local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", position, 30000) or {}
for _, answer in pairs(answers) do if answer.result then say("%s", answer.result.contents.value) end end

local renamed = vim.lsp.buf_request_sync(0, "textDocument/rename", vim.tbl_extend("error", position, { newName = "realm" }), 30000)
for _, answer in pairs(renamed or {}) do
  if answer.result then vim.lsp.util.apply_workspace_edit(answer.result, "utf-16") end
end
say("%s", table.concat(vim.api.nvim_buf_get_lines(0, 2, 4, false), "\n"))
vim.cmd("qall!")
