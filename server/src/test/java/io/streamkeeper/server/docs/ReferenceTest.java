package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables that list all things of a kind are complete. */
class ReferenceTest {
    @Test
    void everyErrorCodeIsThereWithItsStatus() throws IOException {
        String page = Documents.page("errors.md");
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(page).contains("| " + code.status() + " | `" + code.code() + "` |");
        }
    }

    @Test
    void everyPackageIsInTheMap() throws IOException {
        String page = Documents.page("architecture.md");
        List<String> packages;
        try (Stream<Path> files = Files.walk(Documents.REPOSITORY)) {
            packages = files.filter(file -> file.endsWith("package-info.java"))
                    .map(file -> Documents.REPOSITORY
                            .relativize(file.getParent())
                            .toString()
                            .replace('\\', '/'))
                    .filter(directory -> directory.contains("src/main/java/io/streamkeeper/"))
                    .map(directory -> directory
                            .replaceFirst(".*src/main/java/io/streamkeeper/", "")
                            .replace('/', '.'))
                    // Has no classes: a list of the packages below it.
                    .filter(name -> !name.equals("storage"))
                    .toList();
        }
        assertThat(packages).isNotEmpty().allSatisfy(name -> assertThat(page).contains("| `" + name + "` |"));
    }
}
