package io.streamkeeper.server.longrun;

import io.streamkeeper.server.longrun.ModelStream.Doubt;
import io.streamkeeper.server.longrun.ModelStream.Unanswered;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The checks after a start, before other requests: acknowledged data exists once and in order, deleted streams do not
 * exist, and each append in doubt exists as a whole or not at all. From then on its state is known. A producer repeats
 * its unanswered append, which must then exist once.
 */
final class Settlement {
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
                stream.life.mayBeUsed();
                open.remove(0);
            } catch (Traffic.Later e) {
                stream.life.mayBeUsed();
                traffic.reach.count("later at a start: " + e.getMessage());
            }
        }
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
        if (stream.unanswered.isEmpty() || stream.unanswered.get(0).producer() != null) {
            while (!stream.unanswered.isEmpty()) {
                repeat(stream, stream.unanswered.get(0));
                stream.unanswered.remove(0);
            }
            Wire.Answer last = traffic.exchange("HEAD", traffic.target(stream, ""), "");
            stream.offsets.put(stream.content.length(), last.field("stream-next-offset"));
            return;
        }
        Unanswered first = stream.unanswered.get(0);
        int before = stream.content.length();
        String found = reads.content(stream, "-1", head.field("stream-closed").equals("true"));
        if (found.isEmpty() && before > 0) {
            // Retention has taken all of it, so nothing says which of them were there.
            traffic.expect(traffic.exchange("DELETE", traffic.target(stream, ""), ""), stream, "delete", 204);
            lives.gone(stream);
            return;
        }
        int there = 0;
        for (Unanswered append : stream.unanswered) {
            // Usually the first ones exist; of appends that may be refused, any.
            if (traffic.isRefused() ? found.contains(append.text()) : !isThere(stream, found)) {
                stream.append(append.text());
                there++;
            }
        }
        if (!isThere(stream, found)) {
            throw new AssertionError("after " + lastEnd + " there are " + found.length() + " bytes, expected " + before
                    + " and perhaps " + stream.unanswered.size() + " appends: " + stream + ", found "
                    + found.substring(Math.max(0, found.length() - 300)));
        }
        stream.offsets.put(stream.content.length(), head.field("stream-next-offset"));
        stream.seq = "";
        if (first.closes()) {
            stream.closed = head.field("stream-closed").equals("true");
            traffic.require(
                    first.text().isEmpty() || stream.closed == (there > 0), stream, "closed without what closed it");
        }
        if (there > 0) {
            traffic.reach.count("in doubt: append was there");
        }
        if (there < stream.unanswered.size()) {
            traffic.reach.count("in doubt: append was not there");
        }
    }

    private static boolean isThere(ModelStream stream, String found) {
        return stream.trimmed
                ? stream.content.toString().endsWith(found)
                : stream.content.toString().equals(found);
    }

    private void repeat(ModelStream stream, Unanswered append) throws IOException, Traffic.Later {
        List<String> fields =
                new ArrayList<>(List.of(String.valueOf(append.producer()).split("\n", -1)));
        fields.add("Content-Type: " + stream.kind.type);
        Wire.Answer answer =
                traffic.exchange("POST", traffic.target(stream, ""), append.body(), fields.toArray(String[]::new));
        long sentNanos = traffic.sentNanos();
        traffic.expect(answer, stream, "repeat " + append.producer(), 200, 204);
        stream.append(append.text());
        stream.life.written(sentNanos);
        stream.produced(append);
        traffic.reach.count("producer retried after " + lastEnd + ": " + answer.status());
    }
}
