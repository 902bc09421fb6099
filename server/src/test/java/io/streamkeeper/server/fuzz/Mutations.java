package io.streamkeeper.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages requests: single bytes, whole lines, and the frames that requests are smuggled with. Used by one thread. */
final class Mutations {
    private static final List<String> LINES = List.of(
            "Content-Length: 5\r\n",
            "Content-Length: 5, 5\r\n",
            "Content-Length: +5\r\n",
            "Content-Length: 99999999999999999999\r\n",
            "Content-Length:\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Transfer-Encoding:\tchunked\r\n",
            "Host: a\r\n",
            "Host: a b\r\n",
            " folded\r\n",
            ": empty\r\n",
            "No-Colon\r\n",
            "A: \u0000\r\n",
            "A: b\n",
            "A: b\r",
            "Expect: magic\r\n",
            "\r\n");

    private final Random random;

    Mutations(Random random) {
        this.random = random;
    }

    byte[] damage(byte[] request) {
        return switch (random.nextInt(9)) {
            case 0 -> replaceByte(request);
            case 1 -> insertBytes(request);
            case 2 -> deleteBytes(request);
            case 3, 4 -> insertLine(request, LINES.get(random.nextInt(LINES.size())));
            case 5 -> insertLine(request, "A: " + "a".repeat(random.nextInt(80_000)) + "\r\n");
            case 6 -> noise();
            case 7 ->
                new String(request, ISO_8859_1)
                        .replaceFirst("/v1", "/" + "b".repeat(random.nextInt(20_000)))
                        .getBytes(ISO_8859_1);
            default -> Arrays.copyOf(request, random.nextInt(request.length));
        };
    }

    private byte[] replaceByte(byte[] request) {
        byte[] changed = request.clone();
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        return changed;
    }

    private byte[] insertBytes(byte[] request) {
        byte[] added = new byte[1 + random.nextInt(3)];
        random.nextBytes(added);
        return splice(request, random.nextInt(request.length + 1), 0, added);
    }

    private byte[] deleteBytes(byte[] request) {
        int at = random.nextInt(request.length);
        return splice(request, at, Math.min(request.length - at, 1 + random.nextInt(3)), new byte[0]);
    }

    private static byte[] insertLine(byte[] request, String line) {
        int at = new String(request, ISO_8859_1).indexOf("\r\n") + 2;
        return splice(request, at, 0, line.getBytes(ISO_8859_1));
    }

    private byte[] noise() {
        byte[] bytes = new byte[1 + random.nextInt(400)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int at, int removed, byte[] added) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, at);
        all.writeBytes(added);
        all.write(bytes, at + removed, bytes.length - at - removed);
        return all.toByteArray();
    }
}
