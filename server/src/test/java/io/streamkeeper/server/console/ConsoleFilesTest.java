package io.streamkeeper.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of the console are complete, and refer to nothing else. */
class ConsoleFilesTest {
    private static final Pattern REFERENCE =
            Pattern.compile("(?:from|import|src=|href=|fetch\\() ?['\"](?!#)([^'\"]+)['\"]");

    static Stream<String> names() {
        return ConsoleFiles.NAMES.stream();
    }

    private static String text(String name) {
        ConsoleFile file = Objects.requireNonNull(ConsoleFiles.read().find(name));
        return new String(file.bytes(false), StandardCharsets.UTF_8);
    }

    @Test
    void theListIsThatOfTheFolder() throws Exception {
        URL page = Objects.requireNonNull(ConsoleFiles.class.getResource(ConsoleFiles.PAGE));
        try (Stream<Path> files = Files.list(Path.of(page.toURI()).getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.endsWith(".class")))
                    .containsExactlyInAnyOrderElementsOf(ConsoleFiles.NAMES);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aFileRefersOnlyToOtherFilesOfTheConsole(String name) {
        assertThat(REFERENCE.matcher(text(name)).results().map((MatchResult each) -> each.group(1)))
                .allSatisfy(reference -> assertThat(reference.replaceFirst("^\\./", ""))
                        .isIn(Stream.concat(names(), Stream.of("settings.json")).toList()));
    }

    @Test
    void thePageHasNoScriptOrStyleOfItsOwn() {
        assertThat(text(ConsoleFiles.PAGE))
                .doesNotContainPattern("<script(?![^>]* src=)|<style|\\sstyle=|\\son[a-z]+=");
    }
}
