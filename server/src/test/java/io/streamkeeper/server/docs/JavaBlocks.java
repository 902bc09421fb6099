package io.streamkeeper.server.docs;

import io.streamkeeper.protocol.output.Traces;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles and runs the {@code java} blocks of a document. A block with a {@code main} is a program of its own. All
 * others together are one: those of imports are its head, and the statements of the others follow each other in one
 * method, so that a block goes on with the variables of those before it.
 *
 * <p>A comment {@code // prints …}, at the end of a line or alone, is the expected output of the program; all such
 * comments of a program, in order, are its whole output, see {@link Expectation}. Every program has a process and a
 * directory of its own.
 *
 * <p>A block {@code services} is a file of the class path that the programs have: its first line is a comment with its
 * name.
 *
 * <p>Code has the line numbers of its document, so that messages of the compiler refer to the document.
 */
final class JavaBlocks {
    private static final Pattern MAIN = Pattern.compile("\\bvoid\\s+main\\s*\\(");
    private static final Pattern MAIN_CLASS =
            Pattern.compile("^(?:\\w+ )*?(?:class|record|interface|enum)\\s+(\\w+)", Pattern.MULTILINE);
    private static final Pattern NOT_ONLY_IMPORTS = Pattern.compile("^(?!import\\s|\\s*(//.*)?$)", Pattern.MULTILINE);
    private static final String PRINTS = "// prints ";
    private static final String GENERATED_CLASS = "DocumentedStatements";
    private static final long PROGRAM_SECONDS_MAX = 60;

    /** Java as it is in the oldest version that the project supports, without what is deprecated or unchecked. */
    private static final List<String> COMPILER_OPTIONS =
            List.of("--release", "17", "-proc:none", "-Werror", "-Xlint:deprecation,removal,unchecked,rawtypes");

    private final Markdown document;

    private JavaBlocks(Markdown document) {
        this.document = document;
    }

    /**
     * A program of a document.
     *
     * @param name its main class
     * @param source its code, with the line numbers of the document
     */
    record Program(String name, String source) {
        List<String> prints() {
            return source.lines()
                    .filter(line -> line.contains(PRINTS))
                    .map(line -> line.substring(line.lastIndexOf(PRINTS) + PRINTS.length()))
                    .toList();
        }
    }

    /**
     * Compiles the programs of a document and runs them in an empty directory.
     *
     * @throws AssertionError if one does not compile, gives warnings, ends with another status than 0, or prints what
     *     is not written
     */
    static void run(Markdown document, Path directory) throws IOException, InterruptedException {
        writeServices(document, directory);
        for (Program program : programs(document)) {
            Path home = Files.createDirectories(directory.resolve(program.name()));
            try {
                compile(program, directory);
                Expectation.compare(program.prints(), execute(program, directory, home), Names.NONE);
            } catch (AssertionError e) {
                throw new AssertionError(document.name() + ", " + program.name() + ": " + e.getMessage(), e);
            }
        }
    }

    /** A {@code services} block is a file of the class path; its first line is a comment with the file's name. */
    private static void writeServices(Markdown document, Path directory) throws IOException {
        for (Markdown.Block block : document.blocks("services")) {
            Path file = directory.resolve(block.lines().get(0).replaceFirst("^# *", ""));
            Files.createDirectories(file.getParent());
            Files.write(file, block.lines());
        }
    }

    static List<Program> programs(Markdown document) {
        return new JavaBlocks(document).programs();
    }

    private List<Program> programs() {
        List<Program> programs = new ArrayList<>();
        List<Markdown.Block> statements = new ArrayList<>();
        for (Markdown.Block block : document.blocks("java")) {
            String code = code(block);
            Matcher main = MAIN.matcher(code);
            if (main.find()) {
                String name = mainClass(block, code.substring(0, main.start()));
                programs.add(new Program(name, "\n".repeat(block.line() - 1) + code + "\n"));
            } else {
                statements.add(block);
            }
        }
        if (statements.stream().anyMatch(JavaBlocks::hasStatements)) {
            programs.add(0, new Program(GENERATED_CLASS, oneMethod(statements)));
        }
        return programs;
    }

    private static String code(Markdown.Block block) {
        return String.join("\n", block.lines());
    }

    private static boolean hasStatements(Markdown.Block block) {
        return NOT_ONLY_IMPORTS.matcher(code(block)).find();
    }

    /** The last type that begins before the {@code main}, and not inside another. */
    private String mainClass(Markdown.Block block, String codeBeforeMain) {
        return MAIN_CLASS
                .matcher(codeBeforeMain)
                .results()
                .reduce((first, second) -> second)
                .map(name -> name.group(1))
                .orElseThrow(() ->
                        new AssertionError(document.name() + ":" + block.line() + ": there is a main, but no class"));
    }

    /** The line before a block, where its fence is, is free for what has to stand between imports and statements. */
    private static String oneMethod(List<Markdown.Block> blocks) {
        List<String> lines = new ArrayList<>();
        boolean begun = false;
        for (Markdown.Block block : blocks) {
            lines.addAll(Collections.nCopies(block.line() - 1 - lines.size(), ""));
            if (!begun && hasStatements(block)) {
                begun = true;
                lines.set(
                        lines.size() - 1,
                        "class " + GENERATED_CLASS + " { public static void main(String[] args) throws Exception {");
            }
            lines.addAll(block.lines());
        }
        return String.join("\n", lines) + "\n}}\n";
    }

    private static void compile(Program program, Path directory) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = new ArrayList<>(COMPILER_OPTIONS);
        options.addAll(List.of("-cp", ClassPath.text(), "-d", directory.toString()));
        StringWriter said = new StringWriter();
        boolean compiled = compiler.getTask(said, null, null, options, null, List.of(new Source(program)))
                .call();
        if (!compiled) {
            throw new AssertionError("the code does not compile; lines are those of the document\n" + said);
        }
    }

    private static List<String> execute(Program program, Path classes, Path home)
            throws IOException, InterruptedException {
        Path printed = Files.createTempFile(classes, "printed", "");
        Path errors = Files.createTempFile(classes, "errors", "");
        String classPath = classes + System.getProperty("path.separator") + ClassPath.text();
        Process process = new ProcessBuilder(ClassPath.java().toString(), "-cp", classPath, program.name())
                .directory(home.toFile())
                .redirectOutput(printed.toFile())
                .redirectError(errors.toFile())
                .start();
        boolean ended = process.waitFor(PROGRAM_SECONDS_MAX, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String text = Files.readString(printed);
        if (!ended
                || process.exitValue() != 0
                || !Traces.in(Files.readString(errors)).isEmpty()) {
            throw new AssertionError("the program ended "
                    + (ended ? "with status " + process.exitValue() : "only when it was killed")
                    + "\n--- errors\n" + Files.readString(errors) + "\n--- printed\n" + text);
        }
        return text.lines().toList();
    }

    /** The code of a program, for the compiler. */
    private static final class Source extends SimpleJavaFileObject {
        private final String code;

        Source(Program program) {
            super(URI.create("string:///" + program.name() + ".java"), Kind.SOURCE);
            this.code = program.source();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}
