/**
 * Declarations of `src/client/` that stand by themselves. The client's types are inferred from the protocol's zod schemas;
 * whoever installs it has no zod, so what the schemas come to is written out, in `protocol.d.ts`.
 */
import { join } from "node:path";
import { Node, Project, type SourceFile, ts } from "ts-morph";
import { root } from "./program.ts";

const printing = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
/** Shorter types are read as easily as their names. */
const namedCharactersMin = 24;

/** Texts by the names of their files. */
export type Declarations = ReadonlyMap<string, string>;

export function clientDeclarations(): Declarations {
  const project = new Project({
    tsConfigFilePath: join(root, "tsconfig.client.json"),
    compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: "/declarations" },
  });
  const client = project.getSourceFiles(join(root, "src/client/*.ts"));
  const declarations = new Map<string, string>();
  for (const file of client) {
    const [output] = file.getEmitOutput().getOutputFiles();
    if (!output) throw new Error(`${file.getBaseName()} has no declarations.`);
    const text = output
      .getText()
      .replaceAll(/"\.\.\/protocol\/[\w-]+\.ts"/g, '"./protocol.js"')
      .replaceAll(/("\.\/[\w-]+)\.ts"/g, '$1.js"');
    declarations.set(`${file.getBaseNameWithoutExtension()}.d.ts`, text);
  }
  declarations.set("protocol.d.ts", protocolDeclarations(project, namesTaken(client)));
  return declarations;
}

/** The types that the client takes from the protocol. */
function namesTaken(client: readonly SourceFile[]): Set<string> {
  const names = client.flatMap((file) =>
    [...file.getImportDeclarations(), ...file.getExportDeclarations()]
      .filter((declaration) => declaration.getModuleSpecifierValue()?.startsWith("../protocol/"))
      .flatMap((declaration) =>
        Node.isImportDeclaration(declaration)
          ? declaration.getNamedImports().map((specifier) => specifier.getName())
          : declaration.getNamedExports().map((specifier) => specifier.getName()),
      ),
  );
  return new Set(names);
}

/** Writes types out, and those that they name. */
function protocolDeclarations(project: Project, names: Set<string>): string {
  const known = protocolTypes(project);
  const texts = new Map<string, string>();
  // The set grows while it is walked.
  for (const name of names) {
    const text = known.get(name)?.();
    if (text === undefined) throw new Error(`The protocol has no type ${name}.`);
    texts.set(name, text);
    for (const [word] of text.matchAll(/\b[A-Z]\w*\b(?!["'])/g)) if (known.has(word)) names.add(word);
  }
  return [...texts.keys()]
    .sort()
    .map((name) => declarationOf(name, texts))
    .join("\n");
}

function protocolTypes(project: Project): ReadonlyMap<string, () => string> {
  const types = new Map<string, () => string>();
  for (const file of project.getSourceFiles(join(root, "src/protocol/*.ts"))) {
    for (const alias of file.getTypeAliases().filter((candidate) => candidate.isExported())) {
      types.set(alias.getName(), () =>
        alias
          .getType()
          .getText(alias, printing)
          .replaceAll(/\bimport\("[^"]+"\)\./g, ""),
      );
    }
  }
  return types;
}

/** A type in which others stand by name, a member a line. */
function declarationOf(name: string, texts: ReadonlyMap<string, string>): string {
  const others = [...texts]
    .filter(([other, text]) => other !== name && text.length >= namedCharactersMin)
    .sort(([, one], [, two]) => two.length - one.length);
  let text = texts.get(name) ?? "";
  for (const [other, whole] of others) {
    if (whole !== texts.get(name)) text = text.replaceAll(whole, other);
  }
  return `export type ${name} = ${indented(text)};\n`;
}

function indented(text: string): string {
  let depth = 0;
  return text.replaceAll(/\{ | ?\}|; (?!\})|;(?= \})/g, (mark) => {
    const opens = mark === "{ ";
    const closes = mark.endsWith("}");
    if (opens) depth++;
    if (closes) depth--;
    if (mark === ";") return ";";
    const line = `\n${"  ".repeat(depth)}`;
    return opens ? `{${line}` : closes ? `${line}}` : `;${line}`;
  });
}
