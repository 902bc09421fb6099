package io.streamkeeper.server.longrun;

import io.streamkeeper.server.longrun.ModelStream.Doubt;
import io.streamkeeper.server.longrun.ModelStream.Unanswered;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The checks after a start, before other requests: acknowledged data exists once and in order, deleted streams do not
 * exist, and each append in doubt exists as a whole or not at all. From then on its state is known. A producer repeats
 * its unanswered append, which must then exist once.
 */
final class Settlement {
    /** How long the appends of a producer are repeated while members of a cluster are lost and come back. */
    private static final Duration REPEATED_MAX = Duration.ofSeconds(20);

    private static final int PAUSE_MILLIS = 50;

    private final Traffic traffic;
    private final Lives lives;
    private final Reads reads;
    private String lastEnd = "";

    Settlement(Traffic traffic) {
        this.traffic = traffic;
        this.lives = new Lives(traffic);
        this.reads = new Reads(traffic);
    }

    void after(String newLastEnd) {
        lastEnd = newLastEnd;
    }

    void settle() throws IOException {
        List<ModelStream> open = new ArrayList<>(traffic.streams);
        // Forks before their sources: what holds a deleted one is known by then.
        open.sort((a, b) -> b.depth - a.depth);
        while (!open.isEmpty()) {
            ModelStream stream = open.get(0);
            try {
                settle(stream);
                everywhere(stream);
                open.remove(0);
            } catch (Traffic.Later e) {
                traffic.reach.count("later at a start: " + e.getMessage());
            } catch (Traffic.Unknown e) {
                // A change of the leader, of which nobody was the cause.
                traffic.reach.count("later at a start: 503 outcome_unknown");
            } finally {
                stream.life.mayBeUsed();
            }
        }
    }

    /** Compares a stream at each member of a cluster, where it is the same. */
    private void everywhere(ModelStream stream) throws IOException, Traffic.Later {
        if (traffic.servers().isCluster()) {
            for (URI member : traffic.servers().members()) {
                traffic.at(member, () -> look(stream));
            }
        }
    }

    private void look(ModelStream stream) throws IOException, Traffic.Later {
        boolean exists = traffic.streams.contains(stream);
        if (exists && stream.life.mayEndSoon()) {
            return;
        }
        if (exists && !stream.deleted) {
            reads.all(stream);
            reads.describe(stream);
        } else {
            Wire.Answer answer = traffic.exchange("HEAD", traffic.target(stream, ""), "");
            traffic.expect(answer, stream, "describe the deleted at each member", exists ? 410 : 404);
        }
        traffic.reach.count("compared at each member");
    }

    /**
     * Repeats the appends of producers that were not answered, to any members, until all are there once; returns false if
     * there are others in doubt, or no member answers.
     */
    boolean isRepeated(ModelStream stream) throws InterruptedException {
        boolean isOfProducers = stream.doubt == Doubt.APPENDS
                && !stream.unanswered.isEmpty()
                && stream.unanswered.stream().allMatch(append -> append.producer() != null);
        long latestNanos = System.nanoTime() + REPEATED_MAX.toNanos();
        while (isOfProducers && System.nanoTime() < latestNanos && !traffic.isOver()) {
            try {
                settle(stream);
                traffic.reach.count("producer repeated while members were lost");
                return true;
            } catch (Traffic.Later | IOException e) {
                traffic.reach.count("later: a producer repeats");
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
        return false;
    }

    private void settle(ModelStream stream) throws IOException, Traffic.Later {
        if (!traffic.streams.contains(stream)) {
            return;
        }
        if (stream.deleted || (stream.life.mayEndSoon() && stream.doubt == Doubt.NONE)) {
            lives.lookAtTheGone(stream);
            if (stream.deleted) {
                return;
            }
        }
        Wire.Answer answer = traffic.exchange("HEAD", traffic.target(stream, ""), "");
        boolean gone = answer.status() == 404 || answer.status() == 410;
        switch (stream.doubt) {
            case CREATION -> {
                traffic.reach.count("in doubt: creation was " + (gone ? "not there" : "there"));
                if (gone) {
                    lives.neverWas(stream);
                    return;
                }
                stream.offsets.put(stream.content.length(), answer.field("stream-next-offset"));
            }
            case DELETION -> {
                traffic.reach.count("in doubt: deletion was " + (gone ? "done" : "not done"));
                if (gone) {
                    lives.ended(stream);
                    return;
                }
            }
            default -> {
                if (gone && stream.life.mayHaveEnded()) {
                    lives.ended(stream);
                    return;
                }
            }
        }
        traffic.expect(answer, stream, "describe after " + lastEnd, 200);
        if (stream.doubt == Doubt.APPENDS) {
            appends(stream, answer);
            if (stream.deleted) {
                return;
            }
        }
        stream.certain();
        reads.all(stream);
        reads.describe(stream);
    }

    private void appends(ModelStream stream, Wire.Answer head) throws IOException, Traffic.Later {
        for (Unanswered append : stream.unanswered) {
            if (append.producer() != null && !stream.repeated.contains(append)) {
                repeat(stream, append);
                stream.repeated.add(append);
            }
        }
        boolean areRepeated = stream.repeated.size() == stream.unanswered.size();
        int before = stream.content.length();
        String found = reads.content(stream, "-1", head.field("stream-closed").equals("true"));
        if (found.isEmpty() && before > 0 && !areRepeated) {
            // Retention has taken all of it, so nothing says which of them were there.
            traffic.expect(traffic.exchange("DELETE", traffic.target(stream, ""), ""), stream, "delete", 204);
            lives.gone(stream);
            return;
        }
        // Usually the first ones exist; of appends that may be refused, any.
        Arrangement arrangement = new Arrangement(stream, found, stream.repeated, !traffic.isRefused());
        List<Unanswered> there = arrangement.of(stream.unanswered);
        if (there == null) {
            throw new AssertionError("after " + lastEnd + " there are " + arrangement + "; expected " + before
                    + ", all of " + stream.repeated + " and perhaps others of " + stream.unanswered + ": " + stream);
        }
        Wire.Answer last = traffic.exchange("HEAD", traffic.target(stream, ""), "");
        there.forEach(append -> stream.append(append.text()));
        stream.offsets.put(stream.content.length(), last.field("stream-next-offset"));
        if (!areRepeated) {
            Unanswered first = stream.unanswered.get(0);
            stream.seq = "";
            if (first.closes()) {
                stream.closed = head.field("stream-closed").equals("true");
                traffic.require(
                        first.text().isEmpty() || stream.closed == !there.isEmpty(),
                        stream,
                        "closed without what closed it");
            }
            if (!there.isEmpty()) {
                traffic.reach.count("in doubt: append was there");
            }
            if (there.size() < stream.unanswered.size()) {
                traffic.reach.count("in doubt: append was not there");
            }
        }
    }

    private void repeat(ModelStream stream, Unanswered append) throws IOException, Traffic.Later {
        List<String> fields =
                new ArrayList<>(List.of(String.valueOf(append.producer()).split("\n", -1)));
        fields.add("Content-Type: " + stream.kind.type);
        Wire.Answer answer =
                traffic.exchange("POST", traffic.target(stream, ""), append.body(), fields.toArray(String[]::new));
        long sentNanos = traffic.sentNanos();
        traffic.expect(answer, stream, "repeat " + append.producer(), 200, 204);
        stream.life.written(sentNanos);
        stream.produced(append);
        traffic.reach.count("producer retried after " + lastEnd + ": " + answer.status());
    }
}
