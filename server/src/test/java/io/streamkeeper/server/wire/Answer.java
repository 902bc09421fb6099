package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A response as it came over the wire; field names are looked up in any case. */
@SuppressWarnings("ArrayRecordComponent")
public record Answer(int status, Map<String, String> fields, byte[] body) {
    private static final Pattern ERROR =
            Pattern.compile("\\{\"error\":\\{\"code\":\"([a-zA-Z_]+)\",\"message\":\"((?:[^\"\\\\]|\\\\.)+)\"}}");

    @Nullable
    public String field(String name) {
        return fields.get(name);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The text of a compressed body. */
    String unzipped() {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String nextOffset() {
        String offset = field("Stream-Next-Offset");
        assertThat(offset).as("Stream-Next-Offset").matches("[0-9a-f]{16}_[0-9]{16}");
        return offset;
    }

    public boolean isUpToDate() {
        return "true".equals(field("Stream-Up-To-Date"));
    }

    public boolean isClosed() {
        return "true".equals(field("Stream-Closed"));
    }

    /** This answer, which must have the status. */
    public Answer is(int expectedStatus) {
        assertThat(status).as("status of the answer %s %s", fields, text()).isEqualTo(expectedStatus);
        return this;
    }

    /** This answer, which must be an error of the one shape that errors have. */
    public Answer isError(int expectedStatus, String code) {
        is(expectedStatus);
        assertThat(field("Content-Type")).isEqualTo("application/json");
        Matcher error = ERROR.matcher(text());
        assertThat(error.matches()).as("the shape of %s", text()).isTrue();
        assertThat(error.group(1)).as("the code of %s", text()).isEqualTo(code);
        return this;
    }
}
