import { createToken, type IMultiModeLexerDefinition, Lexer, type TokenType } from "chevrotain"

/**
 * The tokens of the language. The lexer gives every word as a `Name` or a `TypeName`, and every bracket as a plain one;
 * `lex.ts` then decides from the neighbours which of them are keywords, fields, calls, indexes, bodies and amendments.
 * A token's label is how a message calls it.
 */

const regularExpression = /\/(?![ \t/*])(?:\\.|[^/\n\r\\])+\//y
const emptyMatch: [string] = [""]

// Categories. A token of one of them is accepted wherever the category is asked for.
/** Whatever a body's item cannot start with; so that the rule for items accepts, and reports, any token. */
export const Stray = category("Stray")
export const BinaryOperator = category("BinaryOperator")
export const Prefix = category("Prefix")
export const Literal = category("Literal")

// Words.
export const Name = createToken({ name: "Name", label: "a name", pattern: /[a-z_]\w*(?:-\w+)*/ })
export const TypeName = createToken({
  name: "TypeName",
  label: "a type's name",
  pattern: /[A-Z]\w*/,
  categories: [Stray],
})
/** A word in a place where an item or an argument may start, with `=` or `+=` after it. */
export const FieldName = made("FieldName", "a field's name", [])

// Words with a meaning of their own, once `lex.ts` has told them from names.
export const If = made("If", "`if`", [])
export const For = made("For", "`for`", [])
export const Match = made("Match", "`match`", [])
export const Assert = made("Assert", "`assert`", [])
export const Then = made("Then", "`then`")
export const Else = made("Else", "`else`")
export const In = made("In", "`in`", [Stray, BinaryOperator])
export const And = made("And", "`and`", [Stray, BinaryOperator])
export const Or = made("Or", "`or`", [Stray, BinaryOperator])
export const Is = made("Is", "`is`", [Stray, BinaryOperator])
export const Not = made("Not", "`not`", [Stray, Prefix])
export const True = made("True", "`true`", [Stray, Literal])
export const False = made("False", "`false`", [Stray, Literal])
export const Null = made("Null", "`null`", [Stray, Literal])
export const Use = made("Use", "`use`", [])
export const Let = made("Let", "`let`", [])
export const Fn = made("Fn", "`fn`", [])
export const Type = made("Type", "`type`", [])
export const Service = made("Service", "`service`", [])
export const Appliance = made("Appliance", "`appliance`", [])
export const Cluster = made("Cluster", "`cluster`", [])
export const Params = made("Params", "`params`", [])
export const Host = made("Host", "`host`", [])
export const Network = made("Network", "`network`", [])
export const Param = made("Param", "`param`", [])
export const Output = made("Output", "`output`", [])
export const Provides = made("Provides", "`provides`", [])
export const Needs = made("Needs", "`needs`", [])
export const Uses = made("Uses", "`uses`", [])
export const Check = made("Check", "`check`", [])
export const Publish = made("Publish", "`publish`", [])
export const Allow = made("Allow", "`allow`", [])
export const Insert = made("Insert", "`insert`", [])
export const Every = made("Every", "`every`", [])
export const Moved = made("Moved", "`moved`", [])
export const Test = made("Test", "`test`", [])
export const From = made("From", "`from`")
export const As = made("As", "`as`")
export const On = made("On", "`on`")
export const Before = made("Before", "`before`")
export const Where = made("Where", "`where`")
export const Late = made("Late", "`late`")

// Literals of one token. Longer forms stand first.
const number = (name: string, pattern: RegExp) =>
  createToken({ name, label: "a value", pattern, categories: [Stray, Literal] })
export const Cidr = number("Cidr", /\d+(?:\.\d+){2,}\/\d+/)
export const Ip = number("Ip", /\d+(?:\.\d+){2,}/)
export const Port = number("Port", /\d+(?:\.\.\d+)?\/[A-Za-z]\w*/)
export const Quantity = number("Quantity", /\d[\d_]*(?:\.\d+)?(?:[A-Za-z]\w*|%)/)
export const Float = number("Float", /\d[\d_]*\.\d+/)
export const Int = number("Int", /\d[\d_]*/)

// What separates. Comments go into a list of their own.
const Comment = createToken({ name: "Comment", pattern: /#[^\r\n]*|\/\/\/[^\r\n]*/, group: "comments" })
const ForeignComment = createToken({
  name: "ForeignComment",
  pattern: /\/\/[^\r\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/,
  group: "foreignComments",
  line_breaks: true,
})
const Space = createToken({
  name: "Space",
  pattern: /[ \t\r\n\f\v\uFEFF\u00A0]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
})
const SpaceInLine = createToken({ name: "SpaceInLine", pattern: /[ \t]+/, group: Lexer.SKIPPED })

// Signs.
export const TextPattern = createToken({
  name: "TextPattern",
  label: "a pattern",
  pattern: { exec: patternAfterBracket },
  start_chars_hint: ["/"],
  line_breaks: false,
  categories: [Stray],
})
export const Arrow = sign("Arrow", "->")
const FatArrow = sign("FatArrow", "=>")
const operator = [Stray, BinaryOperator]
export const Equal = sign("Equal", "==", operator)
export const NotEqual = sign("NotEqual", "!=", operator)
export const AtMost = sign("AtMost", "<=", operator)
export const AtLeast = sign("AtLeast", ">=", operator)
export const Less = sign("Less", "<", operator)
export const Greater = sign("Greater", ">", operator)
export const PlusAssign = sign("PlusAssign", "+=")
export const Assign = sign("Assign", "=")
export const Plus = sign("Plus", "+", operator)
/** A `-` as the lexer sees it; `lex.ts` makes it a `Minus` or a `Negate`. */
const Dash = sign("Dash", "-")
export const Minus = made("Minus", "`-`", operator)
export const Negate = made("Negate", "`-`", [Stray, Prefix])
export const Times = sign("Times", "*", operator)
export const Divide = sign("Divide", "/", operator)
export const Coalesce = sign("Coalesce", "??", operator)
export const Range = sign("Range", "..", operator)
export const Dot = sign("Dot", ".")
export const Comma = sign("Comma", ",")
export const Colon = sign("Colon", ":")
export const Question = sign("Question", "?")
export const Bar = sign("Bar", "|")
const BarBar = sign("BarBar", "||")
const Ampersands = sign("Ampersands", "&&")
const Ampersand = sign("Ampersand", "&")
const Exclamation = sign("Exclamation", "!")
const Semicolon = sign("Semicolon", ";")

// Brackets. The kinds that touch a value are made by `lex.ts`.
export const LeftParenthesis = sign("LeftParenthesis", "(")
export const CallOpen = made("CallOpen", "`(`")
export const RightParenthesis = sign("RightParenthesis", ")")
export const LeftSquare = sign("LeftSquare", "[")
export const IndexOpen = made("IndexOpen", "`[`")
export const RightSquare = sign("RightSquare", "]")
/** Any `{`: accepted where a body is asked for. */
export const LeftBrace = createToken({ name: "LeftBrace", label: "`{`", pattern: Lexer.NA })
export const RecordOpen = createToken({
  name: "RecordOpen",
  label: "`{`",
  pattern: "{",
  categories: [Stray, LeftBrace],
})
export const AmendOpen = made("AmendOpen", "`{`", [Stray, LeftBrace])
export const BodyOpen = made("BodyOpen", "`{`", [Stray, LeftBrace])
export const RightBrace = createToken({ name: "RightBrace", label: "`}`", pattern: "}" })
const inserted = { label: "`{`", pattern: "{", categories: [RecordOpen, Stray, LeftBrace] }
export const BraceInInsertion = createToken({ ...inserted, name: "BraceInInsertion", push_mode: "insertion" })
export const BraceInBlockInsertion = createToken({
  ...inserted,
  name: "BraceInBlockInsertion",
  push_mode: "blockInsertion",
})
/** A `}` inside `${ … }`: of a record there, or the one that ends the insertion. */
export const InsertionClose = createToken({
  name: "InsertionClose",
  label: "`}`",
  pattern: "}",
  categories: [RightBrace],
  pop_mode: true,
})

// Texts. A text of one line without insertions is one token; the others change the lexer's mode.
export const PlainText = createToken({
  name: "PlainText",
  label: "a text",
  pattern: /"[^"\\$\r\n]*(?:(?:\$(?!\{)|\\[^\r\n])[^"\\$\r\n]*)*"/,
})
/** `'text'`, a habit of other languages: reported, and understood as a text. */
export const ForeignText = createToken({ name: "ForeignText", pattern: /'[^'\r\n]*'?/, categories: [PlainText] })
export const TextOpen = createToken({ name: "TextOpen", label: "a text", pattern: '"', push_mode: "text" })
export const BlockOpen = createToken({
  name: "BlockOpen",
  label: "a text",
  pattern: '"""',
  push_mode: "block",
  categories: [TextOpen],
})
export const TextPart = createToken({
  name: "TextPart",
  label: "a text",
  pattern: /(?:[^"\\$\r\n]|\$(?!\{)|\\[^\r\n]?)+/,
  categories: [Stray],
})
const BlockPart = createToken({
  name: "BlockPart",
  pattern: /(?:[^"\\$]|\$(?!\{)|\\[\s\S]?|"(?!""))+/,
  line_breaks: true,
  categories: [TextPart, Stray],
})
export const Insertion = createToken({
  name: "Insertion",
  label: "`${`",
  pattern: "${",
  push_mode: "insertion",
  categories: [Stray],
})
export const BlockInsertion = createToken({
  name: "BlockInsertion",
  pattern: "${",
  push_mode: "blockInsertion",
  categories: [Insertion, Stray],
})
export const TextClose = createToken({
  name: "TextClose",
  label: '`"`',
  pattern: '"',
  pop_mode: true,
  categories: [Stray],
})
export const BlockClose = createToken({
  name: "BlockClose",
  pattern: '"""',
  pop_mode: true,
  categories: [TextClose, Stray],
})
/** The line's end inside a text, or inside an insertion of one: takes no character, and leaves the mode. */
export const TextBreak = lineEnd("TextBreak")
export const InsertionBreak = lineEnd("InsertionBreak")

const words = [Name, TypeName]
const numbers = [Cidr, Ip, Port, Quantity, Float, Int]
const signs = [
  ...[TextPattern, Arrow, FatArrow, Equal, NotEqual, AtMost, AtLeast, Less, Greater, PlusAssign, Assign, Plus, Dash],
  ...[Times, Divide, Coalesce, Range, Dot, Comma, Colon, Question, BarBar, Bar, Ampersands, Ampersand, Exclamation],
  ...[Semicolon, LeftParenthesis, RightParenthesis, LeftSquare, RightSquare],
]
const texts = [BlockOpen, PlainText, ForeignText, TextOpen]
const common = [Comment, ForeignComment, ...words, ...numbers, ...signs, ...texts]

export const modes: IMultiModeLexerDefinition = {
  modes: {
    main: [Space, ...common, RecordOpen, RightBrace],
    text: [TextBreak, TextPart, Insertion, TextClose],
    block: [BlockPart, BlockInsertion, BlockClose],
    insertion: [InsertionBreak, SpaceInLine, ...common, BraceInInsertion, InsertionClose],
    blockInsertion: [Space, ...common, BraceInBlockInsertion, InsertionClose],
  },
  defaultMode: "main",
}

/** What only `lex.ts` meets: it replaces these by what was meant before the parser sees them. */
export const lexical = { Dash, FatArrow, BarBar, Ampersands, Ampersand, Exclamation, Semicolon }

/** All tokens that the parser may meet. */
export const parserTokens: TokenType[] = [
  ...[Stray, BinaryOperator, Prefix, Literal, LeftBrace, Name, TypeName, FieldName, If, For, Match, Assert, Then, Else],
  ...[In, And, Or, Is, Not, True, False, Null, Use, Let, Fn, Type, Service, Appliance, Cluster, Params, Host, Network],
  ...[Param, Output, Provides, Needs, Uses, Check, Publish, Allow, Insert, Every, Moved, Test, From, As, On, Before],
  ...[Where, Late, Minus, Negate, CallOpen, IndexOpen, RecordOpen, AmendOpen, BodyOpen, RightBrace, BraceInInsertion],
  ...[BraceInBlockInsertion, InsertionClose, TextPart, BlockPart, Insertion, BlockInsertion, TextClose, BlockClose],
  ...[TextBreak, InsertionBreak, ...numbers, ...signs, ...texts],
]

function category(name: string): TokenType {
  return createToken({ name, pattern: Lexer.NA })
}

/** A token that no pattern gives: `lex.ts` makes it out of another. */
function made(name: string, label: string, categories: TokenType[] = [Stray]): TokenType {
  return createToken({ name, label, pattern: Lexer.NA, categories })
}

function sign(name: string, pattern: string, categories: TokenType[] = [Stray]): TokenType {
  return createToken({ name, label: `\`${pattern}\``, pattern, categories })
}

function lineEnd(name: string): TokenType {
  const exec = (text: string, offset: number) => {
    const code = text.charCodeAt(offset)
    return code === 10 || code === 13 ? emptyMatch : null
  }
  return createToken({
    name,
    label: "the line's end",
    pattern: { exec },
    start_chars_hint: ["\n", "\r"],
    line_breaks: false,
    pop_mode: true,
    categories: [Stray],
  })
}

function patternAfterBracket(text: string, offset: number): RegExpExecArray | null {
  if (text.charCodeAt(offset - 1) !== 40) return null
  regularExpression.lastIndex = offset
  return regularExpression.exec(text)
}
