package io.streamkeeper.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What all sessions share: the server, the control streams, which nobody changes, and the counts of what was reached.
 * Safe for use by any thread.
 */
final class FuzzWorld {
    /** Sizes around the watermarks of channels, the sizes of reads, and well beyond what a kernel buffers. */
    private static final int[] CONTROL_BYTES = {
        0, 1, 700, 16_383, 32_768, 65_536, 65_537, 131_072, 131_073, 300_000, 1_000_000, 3_000_000
    };

    /** How long a body the server under test takes. */
    static final int BODY_BYTES_MAX = 4 << 20;

    /** How long the server under test waits for a head or a body. */
    static final int TIMEOUT_MILLIS = 500;

    /** How long the server under test waits for a client that sends or takes nothing. */
    static final int IDLE_MILLIS = 5_000;

    /** What {@code LingeringClose} waits for the bytes of a client that may have sent all. */
    private static final int LINGER_MILLIS = 1_000;

    /** Beyond every timeout of the server under test. */
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final InetSocketAddress address;
    private final String root;
    private final List<byte[]> control = new ArrayList<>();
    private final Map<String, LongAdder> reached = new ConcurrentHashMap<>();

    FuzzWorld(InetSocketAddress address, String root) throws IOException {
        this.address = address;
        this.root = root;
        for (int i = 0; i < CONTROL_BYTES.length; i++) {
            boolean text = i % 2 == 1;
            byte[] content = text ? text(CONTROL_BYTES[i]) : bytes(CONTROL_BYTES[i]);
            control.add(content);
            String type = "Content-Type: " + (text ? "text/plain" : "application/octet-stream") + "\r\n";
            exchange("PUT", root + "control/" + i, type, content, 201);
        }
    }

    InetSocketAddress address() {
        return address;
    }

    String root() {
        return root;
    }

    List<byte[]> control() {
        return control;
    }

    /** When what is begun now must have ended. */
    static long deadlineNanos() {
        return System.nanoTime() + DEADLINE_NANOS;
    }

    void reached(String what) {
        reached.computeIfAbsent(what, any -> new LongAdder()).increment();
    }

    Map<String, Long> reached() {
        Map<String, Long> sorted = new TreeMap<>();
        reached.forEach((what, count) -> sorted.put(what, count.sum()));
        return sorted;
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Text that is compressed well, of characters with one to three bytes. */
    private static byte[] text(int length) {
        StringBuilder text = new StringBuilder();
        for (int line = 0; text.length() < length; line++) {
            text.append(line).append(" wörter und 字\n");
        }
        byte[] all = text.toString().getBytes(StandardCharsets.UTF_8);
        byte[] cut = Arrays.copyOf(all, length);
        for (int i = Math.max(0, length - 3); i < length; i++) {
            cut[i] = 'x';
        }
        return cut;
    }

    /** Reads every control stream. */
    void checkControl() throws IOException {
        for (int i = 0; i < control.size(); i++) {
            checkControl(i, exchange("GET", root + "control/" + i, "", new byte[0], 200));
        }
    }

    /** The response to a read of a control stream from its beginning. */
    void checkControl(int stream, Response response) {
        byte[] content = control.get(stream);
        if (response.status() != 200 || !Arrays.equals(response.content(), content)) {
            throw new AssertionError(
                    "control stream " + stream + " of " + content.length + " bytes is read as " + response);
        }
    }

    /** Whether a request begun at {@code startNanos} took so long that the server may have timed out. */
    static boolean isLate(long startNanos) {
        return System.nanoTime() - startNanos >= TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
    }

    /** Whether a server that lingers after a refusal treats a client as silent after such a pause. */
    static boolean isSilence(long nanos) {
        return nanos >= TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS);
    }

    /** Whether a server that was waiting since {@code startNanos} for this side to read may have given up. */
    static boolean isIdle(long startNanos) {
        return System.nanoTime() - startNanos >= TimeUnit.MILLISECONDS.toNanos(IDLE_MILLIS);
    }

    /** One request on a connection of its own; again, if this side could not send it in time. */
    Response exchange(String method, String target, String fields, byte[] body, int status) throws IOException {
        Response response = null;
        while (response == null) {
            response = attempt(method, target, fields, body, status);
        }
        return response;
    }

    /** Returns null where the request was sent late and the server did not wait for it. */
    private @Nullable Response attempt(String method, String target, String fields, byte[] body, int status)
            throws IOException {
        ResponseParser parser = new ResponseParser();
        long start = System.nanoTime();
        try (FuzzSocket socket = new FuzzSocket(address, FuzzSocket.Pace.EAGER)) {
            long deadline = deadlineNanos();
            parser.await(method.equals("HEAD"));
            socket.send(ByteBuffer.wrap(request(method, target, fields, body)), parser, deadline);
            boolean late = isLate(start);
            Response response = parser.next();
            while (response == null && !socket.hasEnded()) {
                socket.receive(parser, deadline);
                response = parser.next();
            }
            if (late && response != null && response.status() == 408) {
                return null;
            }
            if (response == null || response.status() != status) {
                throw new AssertionError(method + " " + target + ": " + response + ", expected " + status);
            }
            return response;
        }
    }

    static byte[] request(String method, String target, String fields, byte[] body) {
        String head = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields
                + (body.length > 0 || method.startsWith("P") ? "Content-Length: " + body.length + "\r\n" : "") + "\r\n";
        byte[] headBytes = head.getBytes(ISO_8859_1);
        byte[] all = Arrays.copyOf(headBytes, headBytes.length + body.length);
        System.arraycopy(body, 0, all, headBytes.length, body.length);
        return all;
    }
}
