package io.streamkeeper.server.http.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.HttpLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Requests with random damage. Whatever comes, the decoder neither throws nor keeps memory, says the same however the
 * bytes are cut into reads, and takes no head that the grammar written out below does not.
 */
class RequestDecoderRandomTest {
    private static final HttpLimits LIMITS = new HttpLimits(256, 512, 64, 4, 1000, 1000, 1000);
    private static final int SEEDS = 20_000;

    private static final String[] REQUESTS = {
        "GET /v1/stream/a?offset=-1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "PUT /v1/stream/a HTTP/1.1\r\nHost: x:1\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody",
        "POST http://x/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;e\r\nd\r\n0\r\nT: u\r\n\r\n",
        "OPTIONS * HTTP/1.0\r\nOrigin: http://y\r\nContent-Length: 0\r\n\r\n",
        "\r\nDELETE / HTTP/1.1\r\nhost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\nStream-Seq: \t7 \r\n\r\nx",
    };

    private static final String[] DAMAGE = {
        "\r",
        "\n",
        "\r\n",
        "\r\n\r\n",
        "\0",
        " ",
        "\t",
        ":",
        ",",
        ";",
        "/",
        "#",
        "?",
        "\u007f",
        "\u0080",
        "\u00ff",
        "0",
        "9",
        "f",
        "-",
        "+",
        "A",
        "Host: x\r\n",
        "Content-Length: 4\r\n",
        "Transfer-Encoding: chunked\r\n",
        "\r\n ",
        "HTTP/1.1",
    };

    private static final Pattern HEAD = Pattern.compile("(?:\r\n)?[!#$%&'*+.^_`|~0-9A-Za-z-]{1,24} "
            + "(?:/[!-~&&[^#]]*|(?i:https?)://[!-~&&[^#/?@]]+(?:[/?][!-~&&[^#]]*)?|(?<=OPTIONS )\\*) "
            + "HTTP/1\\.(?<minor>[0-9])\r\n"
            + "(?<fields>(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\u0080-\u00ff]*\r\n)*)\r\n");

    @Test
    void aDamagedRequestIsTakenOnlyIfTheGrammarTakesIt() {
        int takenCount = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            String text = damaged(new Random(seed));
            if (isTaken(text)) {
                takenCount++;
                assertThat(isTakenByGrammar(text)).as("seed %d: %s", seed, text).isTrue();
            }
        }
        assertThat(takenCount).isBetween(SEEDS / 4, SEEDS * 3 / 4);
    }

    private static boolean isTaken(String text) {
        try (DecodingConnection connection = new DecodingConnection(LIMITS)) {
            connection.send(text);
            return connection.events().stream().anyMatch(event -> event.contains("|"));
        }
    }

    @Test
    void damagedRequestsDecodeToTheSameInAnyPieces() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            String text = damaged(random) + damaged(random);
            List<String> whole = decodedInPieces(text, new Random(seed), text.length());
            List<String> pieces = decodedInPieces(text, random, 1 + random.nextInt(20));
            assertThat(pieces).as("seed %d: %s", seed, text).isEqualTo(whole);
        }
    }

    @Test
    void garbageNeitherThrowsNorStaysInMemory() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(600)];
            random.nextBytes(bytes);
            String text =
                    (random.nextBoolean() ? "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" : "")
                            + new String(bytes, StandardCharsets.ISO_8859_1);
            decodedInPieces(text, random, 1 + random.nextInt(100));
        }
    }

    private static List<String> decodedInPieces(String text, Random random, int sizeMax) {
        try (DecodingConnection connection = new DecodingConnection(LIMITS)) {
            for (int start = 0; start < text.length(); ) {
                int end = Math.min(text.length(), start + 1 + random.nextInt(sizeMax));
                connection.send(text.substring(start, end));
                start = end;
            }
            return connection.events().stream()
                    .filter(event -> !event.equals("INSTANCE"))
                    .toList();
        }
    }

    private static String damaged(Random random) {
        StringBuilder text = new StringBuilder(REQUESTS[random.nextInt(REQUESTS.length)]);
        for (int count = random.nextInt(4); count > 0; count--) {
            int start = random.nextInt(text.length() + 1);
            int end = random.nextInt(3) == 0 ? start : Math.min(text.length(), start + random.nextInt(3));
            text.replace(start, end, random.nextInt(5) == 0 ? "" : DAMAGE[random.nextInt(DAMAGE.length)]);
        }
        return text.toString();
    }

    /** Whether {@code text} begins with a head that is well-formed and whose framing is not in doubt. */
    private static boolean isTakenByGrammar(String text) {
        Matcher head = HEAD.matcher(text);
        if (!head.lookingAt()) {
            return false;
        }
        boolean http11 = head.group("minor").equals("1");
        int hosts = count(head.group("fields"), "host:[^\r]*");
        int lengths = count(head.group("fields"), "content-length:[^\r]*");
        int codings = count(head.group("fields"), "transfer-encoding:[^\r]*");
        return (hosts == 1 || (hosts == 0 && !http11))
                && lengths + codings <= 1
                && lengths == count(head.group("fields"), "content-length:[ \t]*[0-9]{1,18}[ \t]*")
                && codings == count(head.group("fields"), "(?i)transfer-encoding:[ \t]*chunked[ \t]*");
    }

    private static int count(String fields, String line) {
        return (int) Pattern.compile("(?im)^" + line + "\r\n")
                .matcher(fields)
                .results()
                .count();
    }
}
