package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Executes the examples of the documents. Needs bash and curl. */
class DocumentsTest {
    /**
     * The languages of blocks: executed ones, and those that are only shown, such as files and commands that start
     * something.
     */
    private static final Set<String> LANGUAGES =
            Set.of("console", "java", "services", "sh", "properties", "nginx", "js", "python", "text");

    @TempDir
    Path directory;

    @TestFactory
    List<DynamicTest> commandsPrintWhatIsWritten() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Markdown document : Documents.all()) {
            if (!document.blocks("console").isEmpty()) {
                tests.add(dynamicTest(document.name(), () -> Console.run(document, directoryOf(document, "console"))));
            }
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> codeCompilesAndPrintsWhatIsWritten() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Markdown document : Documents.all()) {
            if (!document.blocks("java").isEmpty()) {
                tests.add(dynamicTest(document.name(), () -> JavaBlocks.run(document, directoryOf(document, "java"))));
            }
        }
        return tests;
    }

    private Path directoryOf(Markdown document, String language) throws IOException {
        return Files.createDirectories(directory
                .resolve(language)
                .resolve(Documents.REPOSITORY.relativize(document.path()).toString()));
    }

    @Test
    void everyBlockIsOfALanguageThatIsCarriedOutOrMeantToBeShownOnly() throws IOException {
        List<String> others = new ArrayList<>();
        for (Markdown document : Documents.all()) {
            for (Markdown.Block block : document.blocks()) {
                if (!LANGUAGES.contains(block.language())) {
                    others.add(document.name() + ":" + block.line() + ": " + block.language());
                }
            }
        }
        assertThat(others).isEmpty();
    }

    @Test
    void noCommandIsOutsideOfABlock() throws IOException {
        List<String> commands = new ArrayList<>();
        for (Markdown document : Documents.all()) {
            for (String line : document.prose()) {
                if (line.strip().startsWith("$ ")) {
                    commands.add(document.name() + ": " + line);
                }
            }
        }
        assertThat(commands).isEmpty();
    }
}
