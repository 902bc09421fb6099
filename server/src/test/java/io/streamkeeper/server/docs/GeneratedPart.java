package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of a document that a test generates from descriptions in the code, between two comments.
 *
 * @param document relative to the repository
 * @param begin the line before it
 * @param end the line after it
 * @param property rewrites the document if it is {@code true}
 */
record GeneratedPart(String document, String begin, String end, String property) {
    /** Fails if the part is not {@code generated}; or replaces it. */
    void check(String generated) throws IOException {
        Path file = Documents.REPOSITORY.resolve(document);
        String page = Files.readString(file);
        assertThat(page).contains(begin, end);
        int from = page.indexOf(begin) + begin.length();
        int to = page.indexOf(end);
        if (Boolean.getBoolean(property)) {
            Files.writeString(file, page.substring(0, from) + generated + page.substring(to));
        } else {
            assertThat(page.substring(from, to))
                    .as("the generated part of %s; run this test with -D%s=true", document, property)
                    .isEqualTo(generated);
        }
    }
}
