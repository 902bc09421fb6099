package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executes the examples of the documents, all on one server, in an order that {@code -Ddocuments.seed=S} chooses: a reader
 * may begin with any page. Needs bash and curl.
 */
class DocumentsTest {
    /**
     * The languages of blocks: executed ones, and those that are only shown, such as files and commands that start
     * something.
     */
    private static final Set<String> LANGUAGES =
            Set.of("console", "java", "services", "sh", "properties", "nginx", "js", "python", "text");

    @TempDir
    Path directory;

    private @Nullable DocumentServer server;

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @TestFactory
    List<DynamicTest> commandsPrintWhatIsWritten() throws IOException {
        DocumentServer started = DocumentServer.start(directory.resolve("streams"));
        server = started;
        List<Markdown> documents = new ArrayList<>(Documents.all());
        Long seed = Long.getLong("documents.seed");
        if (seed != null) {
            Collections.shuffle(documents, new Random(seed));
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (Markdown document : documents) {
            if (!document.blocks("console").isEmpty()) {
                tests.add(dynamicTest(
                        document.name(), () -> Console.run(document, directoryOf(document, "console"), started)));
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
    void noCommandHasAnOffsetThatOnlyOneServerKnows() throws IOException {
        List<String> commands = new ArrayList<>();
        for (Markdown document : Documents.all()) {
            for (Console.Step step : Console.steps(document)) {
                if (Names.hasGeneration(step.command())) {
                    commands.add(document.name() + ":" + step.line() + ": " + step.command());
                }
            }
        }
        assertThat(commands).isEmpty();
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
