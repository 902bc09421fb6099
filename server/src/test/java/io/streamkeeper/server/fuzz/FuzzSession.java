package io.streamkeeper.server.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * One connection: valid requests with a known answer among proper ones with any meaning, pipelined and cut anywhere,
 * and an end of some kind. Everything random comes from the seed. Used by one thread.
 *
 * <p>The valid requests read control streams and append to a stream of the session's own. They prove that responses
 * come in order, that each belongs to its request, and that acknowledged appends are stored.
 */
final class FuzzSession {
    private static final int REQUESTS_MAX = 24;
    private static final int FRAGMENTS_MAX = 10_000;
    private static final Set<Integer> STATUSES = Set.of(
            200, 201, 204, 304, 400, 403, 404, 405, 406, 408, 409, 410, 412, 413, 414, 415, 417, 422, 431, 501, 505);

    /** How a connection ends. */
    private enum End {
        CLOSE,
        HALF_CLOSE,
        RESET,
        DAMAGED,
        CUT_AND_HALF_CLOSE,
        SILENT_HEAD,
        SILENT_BODY,
        OVERSIZED,
        EVENTS
    }

    /** Those that wait for a timeout are rare, because they take long. */
    private static final List<End> ENDS = List.of(
            End.CLOSE,
            End.CLOSE,
            End.CLOSE,
            End.HALF_CLOSE,
            End.HALF_CLOSE,
            End.RESET,
            End.RESET,
            End.DAMAGED,
            End.DAMAGED,
            End.DAMAGED,
            End.DAMAGED,
            End.DAMAGED,
            End.CUT_AND_HALF_CLOSE,
            End.CUT_AND_HALF_CLOSE,
            End.SILENT_HEAD,
            End.SILENT_BODY,
            End.OVERSIZED,
            End.EVENTS,
            End.EVENTS);

    /** The expected response. */
    private interface Expected {
        void check(Response response);
    }

    /** {@code end}: the end of the request in the bytes that the connection sends. */
    private record Sent(String request, int end, Expected expected) {}

    private final FuzzWorld world;
    private final long seed;
    private final Random random;
    private final Requests requests;
    private final String own;
    private final ResponseParser parser = new ResponseParser();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Sent> sent = new ArrayList<>();
    private final boolean[] acknowledged = new boolean[REQUESTS_MAX];
    private int answered;
    private int appends;
    private boolean closes;

    /** Whether this side sent a request so slowly that the server may have timed out. */
    private boolean late;

    FuzzSession(FuzzWorld world, long seed) {
        this.world = world;
        this.seed = seed;
        this.random = new Random(seed);
        this.requests = new Requests(random, world.root());
        this.own = world.root() + "own/" + seed;
    }

    /** Runs the session; returns how many requests it sent. */
    int run() {
        End end = pick(ENDS);
        FuzzSocket.Pace pace = pick(List.of(FuzzSocket.Pace.values()));
        try {
            world.exchange("PUT", own, "", new byte[0], 201);
            int count = 1 + random.nextInt(REQUESTS_MAX - 1);
            for (int i = 0; i < count; i++) {
                add(i);
            }
            addEnd(end);
            connect(end, pace);
            checkOwn();
            world.reached("end " + end);
            world.reached("pace " + pace);
            return sent.size();
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "session of seed " + seed + " (" + end + ", " + pace + (late ? ", late" : "") + ") failed after "
                            + answered + " of "
                            + sent.size() + " responses; -Dfuzz.seed=" + seed + " repeats it. Next: "
                            + (answered < sent.size() ? sent.get(answered).request() : "none"),
                    e);
        }
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    // ---- what is sent ----

    private void add(int index) {
        switch (random.nextInt(4)) {
            case 0 -> addRead(random.nextInt(world.control().size()));
            case 1 -> addAppend(index);
            default -> addAny();
        }
    }

    private void addRead(int control) {
        boolean gzip = random.nextInt(3) == 0;
        boolean unchanged = random.nextInt(12) == 0;
        byte[] request = FuzzWorld.request(
                "GET",
                world.root() + "control/" + control + "?offset=-1",
                (gzip ? "Accept-Encoding: gzip\r\n" : "") + (unchanged ? "If-None-Match: *\r\n" : ""),
                new byte[0]);
        add(request, response -> {
            if (unchanged) {
                requireStatus(response, 304);
                return;
            }
            world.checkControl(control, response);
            world.reached(response.isGzip() ? "gzip" : "identity");
        });
    }

    private void addAppend(int index) {
        appends = index + 1;
        byte[] request = FuzzWorld.request(
                "POST", own, "Content-Type: application/octet-stream\r\n", ("<" + index + ">").getBytes(US_ASCII));
        add(request, response -> {
            requireStatus(response, 204);
            acknowledged[index] = true;
        });
    }

    private static void requireStatus(Response response, int status) {
        if (response.status() != status) {
            throw new AssertionError("expected " + status + ", but received " + response);
        }
    }

    private void addAny() {
        add(requests.any(), FuzzSession::checkAny);
    }

    private static void checkAny(Response response) {
        boolean retries = response.status() == 503 && response.field("Retry-After") != null;
        if (!STATUSES.contains(response.status()) && !retries) {
            throw new AssertionError("not one of the stated statuses: " + response);
        }
        if (response.status() >= 400
                && response.length() > 0
                && !response.text().startsWith("{\"error\":{")) {
            throw new AssertionError("not an error's body: " + response);
        }
    }

    private void add(byte[] request, Expected expected) {
        bytes.writeBytes(request);
        sent.add(new Sent(new String(request, US_ASCII).lines().findFirst().orElse(""), bytes.size(), expected));
        parser.await(Requests.methodOf(request).equals("HEAD"));
    }

    /** What comes last has no response of its own that must come; if one does, it is none to HEAD. */
    private void addEnd(End end) {
        byte[] any = requests.any();
        while (Requests.methodOf(any).equals("HEAD")) {
            any = requests.any();
        }
        switch (end) {
            case DAMAGED -> addLast(new Mutations(random).damage(any));
            case CUT_AND_HALF_CLOSE -> addLast(Arrays.copyOf(any, random.nextInt(any.length)));
            case SILENT_HEAD -> addLast("GET / HTTP/1.1\r\nHost: a\r\nA".getBytes(US_ASCII));
            case SILENT_BODY ->
                addLast(("POST " + own + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1").getBytes(US_ASCII));
            case OVERSIZED -> {
                addLast(("POST " + own + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + (FuzzWorld.BODY_BYTES_MAX + 1)
                                + "\r\n\r\n")
                        .getBytes(US_ASCII));
                bytes.writeBytes(new byte[random.nextInt(200_000)]);
            }
            case EVENTS ->
                addLast(("GET " + own + "?offset=-1&live=sse HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(US_ASCII));
            default -> {}
        }
    }

    private void addLast(byte[] last) {
        bytes.writeBytes(last);
        for (int i = 0; i < REQUESTS_MAX; i++) {
            parser.await(false);
        }
    }

    // ---- the connection ----

    private void connect(End end, FuzzSocket.Pace pace) throws IOException {
        long deadline = FuzzWorld.deadlineNanos();
        long start = System.nanoTime();
        try (FuzzSocket socket = new FuzzSocket(world.address(), pace)) {
            sendFragments(socket, start, deadline);
            if (end == End.RESET) {
                take();
                socket.reset();
                return;
            }
            if (!Boolean.getBoolean("nohalf")
                    && (end == End.HALF_CLOSE || end == End.DAMAGED || end == End.CUT_AND_HALF_CLOSE)) {
                socket.halfClose();
            }
            boolean endOwed = end != End.CLOSE;
            while (!socket.hasEnded() && (answered < sent.size() || endOwed)) {
                socket.receive(parser, deadline);
                take();
            }
            take();
            if (socket.hasEnded() && (end == End.CLOSE || closes) && !parser.isInside()) {
                parser.end();
            }
            if (answered < sent.size() && !closes && !isExcused(socket, pace, start)) {
                throw new AssertionError("the connection ended without the responses that it owes");
            }
        }
    }

    /**
     * Whether the server may have closed the connection for what this side did, so that what was sent is lost: it read
     * nothing for the idle time, or a request took it longer than the server waits, or it had no processor for as long
     * as the server lingers after a refusal: that is until the client is silent, and who sends after that is reset.
     */
    private boolean isExcused(FuzzSocket socket, FuzzSocket.Pace pace, long start) {
        return late
                || FuzzWorld.isSilence(socket.longestPauseNanos())
                || (pace == FuzzSocket.Pace.LAZY && FuzzWorld.isIdle(start));
    }

    private void sendFragments(FuzzSocket socket, long start, long deadline) throws IOException {
        long requestStart = start;
        int whole = 0;
        byte[] all = bytes.toByteArray();
        // Not so many that it takes longer to send them than the server waits for a client that reads nothing
        // meanwhile.
        int fragmentMax =
                Math.max(pick(List.of(1, 7, 200, 1_400, 9_000, Integer.MAX_VALUE)), all.length / FRAGMENTS_MAX);
        int from = 0;
        while (from < all.length && !socket.hasEnded()) {
            int length = fragmentMax == Integer.MAX_VALUE
                    ? all.length - from
                    : Math.min(all.length - from, 1 + random.nextInt(fragmentMax));
            long sendStart = System.nanoTime();
            socket.send(ByteBuffer.wrap(all, from, length), parser, deadline);
            late |= FuzzWorld.isLate(requestStart);
            take();
            from += length;
            while (whole < sent.size() && sent.get(whole).end() <= from) {
                whole++;
                requestStart = sendStart;
            }
        }
    }

    /** Checks the responses that are whole, in the order of their requests. */
    private void take() {
        for (Response response = parser.next(); response != null; response = parser.next()) {
            if (closes) {
                throw new AssertionError("a response came after one that closes: " + response);
            }
            closes = response.closes();
            world.reached(String.valueOf(response.status()));
            if (late && closes && response.status() == 408) {
                continue;
            }
            if (answered < sent.size()) {
                sent.get(answered).expected().check(response);
                answered++;
            } else {
                checkAny(response);
            }
        }
    }

    /** Acknowledged appends are stored once, in order; others may be. */
    private void checkOwn() throws IOException {
        String text =
                world.exchange("GET", own + "?offset=-1", "", new byte[0], 200).text();
        int last = -1;
        String rest = text.endsWith(">") || text.isEmpty() ? text : text.substring(0, text.lastIndexOf('>') + 1);
        for (String token : rest.split(">", 0)) {
            if (token.isEmpty()) {
                continue;
            }
            int index = Integer.parseInt(token.substring(1));
            if (index <= last || index >= appends) {
                throw new AssertionError("append " + index + " after " + last + " in " + text);
            }
            for (int skipped = last + 1; skipped < index; skipped++) {
                checkSkipped(skipped, text);
            }
            last = index;
        }
        for (int skipped = last + 1; skipped < appends; skipped++) {
            checkSkipped(skipped, text);
        }
    }

    private void checkSkipped(int index, String text) {
        if (acknowledged[index]) {
            throw new AssertionError("append " + index + " was acknowledged, but is not in " + text);
        }
    }
}
