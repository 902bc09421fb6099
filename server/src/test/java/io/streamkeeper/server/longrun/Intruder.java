package io.streamkeeper.server.longrun;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A client without rights, which reads, appends to, deletes and creates streams of others all the time: it must get 401
 * or 403 for everything. What it would append would differ from the models of the clients. Runs in a thread of its own.
 */
final class Intruder implements Runnable {
    private static final List<String> METHODS = List.of("POST", "GET", "HEAD", "PUT", "DELETE");
    private static final List<String> QUERIES = List.of("", "?offset=-1", "?offset=now&live=long-poll");

    /** The first streams of a client exist at nearly all times. */
    private static final int PATHS = 40;

    private static final int REQUESTS_OF_A_CONNECTION = 30;

    private final URI server;
    private final Access access;
    private final List<String> clients;
    private final Random random;
    private final Reach reach;
    private volatile boolean ending;
    private volatile @Nullable Throwable failure;

    Intruder(URI server, Access access, List<String> clients, long seed, Reach reach) {
        this.server = server;
        this.access = access;
        this.clients = clients;
        this.random = new Random(seed);
        this.reach = reach;
    }

    /** From now on the server may end at any time. */
    void ending() {
        ending = true;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    @Override
    public void run() {
        try {
            while (true) {
                connect();
            }
        } catch (IOException e) {
            if (!ending) {
                failure = new AssertionError("the connection of the intruder ended, but the server was not, " + e, e);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void connect() throws IOException {
        try (Wire wire = new Wire(server)) {
            for (int i = 0; i < REQUESTS_OF_A_CONNECTION; i++) {
                String method = METHODS.get(random.nextInt(METHODS.size()));
                boolean writes = method.startsWith("P");
                String target = server.getPath() + clients.get(random.nextInt(clients.size())) + "/"
                        + (1 + random.nextInt(PATHS)) + (writes ? "" : QUERIES.get(random.nextInt(QUERIES.size())));
                List<String> fields = access.fieldsOfIntruder();
                wire.send(Wire.request(
                        method,
                        target,
                        writes ? "forbidden" : "",
                        fields.get(random.nextInt(fields.size())),
                        "Content-Type: text/plain"));
                Wire.Answer answer = wire.receive(method.equals("HEAD"));
                if (answer.status() != 401 && answer.status() != 403 && !isLater(answer)) {
                    throw new AssertionError("the intruder got for " + method + " " + target + ": " + answer);
                }
                reach.count("access: refused " + answer.status());
                if (answer.field("connection").equalsIgnoreCase("close")) {
                    return;
                }
            }
        }
    }

    /** Whether the server refuses any request now. */
    private static boolean isLater(Wire.Answer answer) {
        return answer.status() == 503 && List.of("overloaded", "shutting_down").contains(answer.code());
    }
}
