package io.streamkeeper.server.longrun;

import io.streamkeeper.server.longrun.ModelStream.Doubt;
import io.streamkeeper.server.longrun.ModelStream.Unanswered;
import io.streamkeeper.server.longrun.ModelStream.Unit;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Random;

/**
 * Pipelined appends: further ones are sent before the responses to earlier ones are read. So a kill meets appends that
 * are not answered, some of them durable.
 */
final class Flow {
    private static final int BATCH = 8;
    private static final int UNIT_MAX = 300;
    private static final int LARGE_UNIT_MAX = 8_000;
    private static final int CONTENT_MAX = 300_000;
    private static final String PRODUCER = "flow";

    private final Traffic traffic;
    private final Random random;
    private final Lives lives;
    private volatile boolean underWay;
    private boolean refused;

    Flow(Traffic traffic) {
        this.traffic = traffic;
        this.random = traffic.random;
        this.lives = new Lives(traffic);
    }

    /** Whether appends wait for their responses. */
    boolean isUnderWay() {
        return underWay;
    }

    /** Appends to one stream until the server ends, or refuses one, or the stream is long enough. */
    void run(boolean produces) throws IOException, Traffic.Later {
        ModelStream stream = suitable();
        long[] state = stream.producers.getOrDefault(PRODUCER, new long[] {0, 0});
        if (stream.forgotten.remove(PRODUCER)) {
            state = new long[] {0, 0};
        }
        run(stream, produces, state[0], state[1]);
    }

    private ModelStream suitable() throws IOException, Traffic.Later {
        for (ModelStream stream : traffic.streams) {
            boolean lasts = !stream.deleted && !stream.trimmed && stream.life.isForEver();
            if (lasts && !stream.closed && stream.content.length() < CONTENT_MAX / 2) {
                return stream;
            }
        }
        return lives.createLasting();
    }

    private void run(ModelStream stream, boolean produces, long epoch, long first) throws IOException, Traffic.Later {
        stream.doubt = Doubt.APPENDS;
        refused = false;
        try (Wire wire = traffic.another()) {
            try {
                go(wire, stream, produces, epoch, first);
            } catch (IOException e) {
                underWay = false;
                if (!(e instanceof Traffic.Unknown || e instanceof SocketTimeoutException)) {
                    ended(wire, stream, e);
                }
                throw e;
            }
        } finally {
            underWay = false;
        }
        stream.certain();
        traffic.reach.count(produces ? "a flow of a producer" : "a flow of appends");
        if (refused) {
            throw new Traffic.Later("a flow was refused");
        }
    }

    private void go(Wire wire, ModelStream stream, boolean produces, long epoch, long first)
            throws IOException, Traffic.Later {
        long seq = send(wire, stream, produces, epoch, first);
        while (!refused && stream.content.length() < CONTENT_MAX) {
            seq = send(wire, stream, produces, epoch, seq);
            underWay = true;
            receive(wire, stream, BATCH);
        }
        underWay = false;
        receive(wire, stream, stream.unanswered.size());
    }

    /** The server has ended: responses received before are acknowledgements. */
    private void ended(Wire wire, ModelStream stream, IOException cause) throws Traffic.Later {
        try {
            receive(wire, stream, stream.unanswered.size());
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        if (refused && !stream.unanswered.isEmpty() && stream.unanswered.get(0).producer() != null) {
            // What follows a refused number is refused.
            stream.certain();
        }
    }

    private long send(Wire wire, ModelStream stream, boolean produces, long epoch, long firstSeq) throws IOException {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < BATCH; i++) {
            int length = random.nextInt(random.nextInt(8) == 0 ? LARGE_UNIT_MAX : UNIT_MAX);
            Unit unit = stream.unit(random, traffic.newUnit(), length);
            String producer = produces ? Writes.fields(PRODUCER, epoch, firstSeq + i) : null;
            stream.unanswered.add(new Unanswered(unit.text(), unit.body(), producer, false));
            String[] fields = Writes.with(stream, producer == null ? "X-Nothing: 1" : producer);
            requests.append(Wire.request("POST", traffic.target(stream, ""), unit.body(), fields));
        }
        traffic.sends();
        wire.send(requests.toString());
        return firstSeq + BATCH;
    }

    private void receive(Wire wire, ModelStream stream, int answers) throws IOException, Traffic.Later {
        for (int i = 0; i < answers; i++) {
            Wire.Answer answer = wire.receive(false);
            Traffic.unknownOf(answer);
            Unanswered append = stream.unanswered.get(0);
            boolean isGap =
                    append.producer() != null && refused && answer.code().equals("producer_sequence_gap");
            if (isGap || answer.status() == 503 || answer.status() == 507) {
                if (append.producer() != null && traffic.servers().isCluster()) {
                    // Those after it may come to a member after this one was repeated.
                    throw new Traffic.Unknown("a part of a flow was refused: " + answer);
                }
                refused = true;
                stream.unanswered.remove(0);
            } else {
                traffic.expect(answer, stream, "append in a flow", traffic.statuses(append));
                stream.unanswered.remove(0);
                traffic.require(!refused || append.producer() == null, stream, "a gap was appended: " + answer);
                stream.add(append.text(), answer.field("stream-next-offset"), traffic.sentNanos());
                stream.produced(append);
            }
        }
    }
}
