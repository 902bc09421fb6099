package io.streamkeeper.server.longrun;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The reads of a {@link Traffic}; each is compared with the model, byte by byte. */
final class Reads {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Traffic traffic;
    private final Random random;

    Reads(Traffic traffic) {
        this.traffic = traffic;
        this.random = traffic.random;
    }

    void read(ModelStream stream) throws IOException, Traffic.Later {
        boolean wasKilled = stream.resumption != null && stream.resumption.kills() < stream.kills;
        if (wasKilled) {
            manyOrResumed(stream);
            return;
        }
        switch (random.nextInt(16)) {
            case 0, 1 -> {
                all(stream);
                traffic.reach.count("read from the beginning");
            }
            case 2, 3, 4 -> from(stream, anywhere(stream));
            case 5 -> describe(stream);
            case 6 -> notModified(stream);
            case 7 -> pipelined(stream);
            case 8 -> poll(stream);
            case 9 -> pollAndAppend(stream);
            case 10 -> last(stream);
            case 11 -> history(stream);
            case 12 -> part(stream);
            case 13 -> manyOrResumed(stream);
            default -> events(stream);
        }
    }

    /** The last messages or bytes; the offset before them leads to the same data. */
    private void last(ModelStream stream) throws IOException, Traffic.Later {
        if (random.nextInt(3) == 0) {
            since(stream);
            return;
        }
        int count = 1 + random.nextInt(20);
        boolean byMessages = stream.kind == ModelStream.Kind.JSON && random.nextInt(4) > 0;
        Wire.Answer answer =
                traffic.exchange("GET", traffic.target(stream, (byMessages ? "?tail=" : "?tail_bytes=") + count), "");
        traffic.expect(answer, stream, "the last " + count, 200);
        stream.life.read(traffic.sentNanos());
        String found = stream.contentOf(answer.body());
        boolean begins = answer.field("stream-beginning").equals("true");
        traffic.require(
                stream.content.toString().endsWith(found)
                        && (!found.isEmpty() || stream.content.isEmpty() || stream.trimmed)
                        && (!begins || stream.trimmed || found.length() == stream.content.length())
                        && answer.field("stream-next-offset").equals(stream.tail()),
                stream,
                "the last " + count + ": " + answer);
        if (byMessages) {
            int messages = JSON.readTree(answer.body()).size();
            traffic.require(messages == count || (begins && messages < count), stream, count + " messages: " + answer);
        }
        if (!begins && !stream.trimmed) {
            String before = answer.field("stream-previous-offset");
            compare(stream, stream.content.length() - found.length(), content(stream, before, stream.closed));
        }
        traffic.reach.count(byMessages ? "last messages" : "last bytes");
    }

    /** Everything is of this century, whatever clocks the server has had. */
    private void since(ModelStream stream) throws IOException, Traffic.Later {
        boolean all = random.nextBoolean();
        String time = all ? "2001-01-01T00:00:00Z" : "2101-01-01T00:00:00Z";
        Wire.Answer answer = traffic.exchange("GET", traffic.target(stream, "?since=" + time), "");
        traffic.expect(answer, stream, "read since " + time, 200);
        stream.life.read(traffic.sentNanos());
        String found = stream.contentOf(answer.body());
        if (all) {
            compare(stream, 0, found);
        } else {
            // What files of earlier versions contain has no time.
            traffic.require(stream.content.toString().endsWith(found), stream, "read since " + time + ": " + answer);
        }
        traffic.reach.count("read since a time");
    }

    /** All pages from the tail to the beginning, which together are the whole content. */
    private void history(ModelStream stream) throws IOException, Traffic.Later {
        if (stream.content.length() > 50_000) {
            return;
        }
        boolean byMessages = stream.kind == ModelStream.Kind.JSON && random.nextBoolean();
        String limit = byMessages ? "limit=" + (1 + random.nextInt(30)) : "max_bytes=" + (1 + random.nextInt(5_000));
        StringBuilder found = new StringBuilder();
        String end = "";
        for (int pages = 0; pages < 30; pages++) {
            Wire.Answer page =
                    traffic.exchange("GET", traffic.target(stream, "?direction=backward&" + limit + end), "");
            traffic.expect(
                    page, stream, "a page before " + end, stream.trimmed ? new int[] {200, 410} : new int[] {200});
            if (page.status() == 410) {
                return;
            }
            stream.life.read(traffic.sentNanos());
            found.insert(0, stream.contentOf(page.body()));
            traffic.require(
                    stream.content.toString().endsWith(found.toString()), stream, "a page before " + end + ": " + page);
            if (page.field("stream-beginning").equals("true")) {
                compare(stream, 0, found.toString());
                traffic.reach.count("a history from its end to its beginning");
                return;
            }
            end = "&offset=" + page.field("stream-previous-offset");
        }
        traffic.reach.count("pages of a long history");
    }

    /** A part between two offsets, and what follows it. */
    private void part(ModelStream stream) throws IOException, Traffic.Later {
        if (stream.trimmed) {
            return;
        }
        int from = anywhere(stream);
        int until = Math.max(from, anywhere(stream));
        String range = "?offset=" + stream.offsets.get(from) + "&until=" + stream.offsets.get(until);
        Wire.Answer answer = traffic.exchange("GET", traffic.target(stream, range), "");
        traffic.expect(answer, stream, "read of a part", 200);
        stream.life.read(traffic.sentNanos());
        String found = stream.contentOf(answer.body());
        String expected = stream.content.substring(from, until);
        boolean ended = answer.field("stream-next-offset").equals(stream.offsets.get(until));
        traffic.require(
                ended ? found.equals(expected) : expected.startsWith(found) && !found.isEmpty(),
                stream,
                "read from " + from + " until " + until + ": " + answer);
        traffic.reach.count("read of a part");
    }

    private int anywhere(ModelStream stream) {
        List<Integer> places = new ArrayList<>(stream.offsets.keySet());
        return places.get(random.nextInt(places.size()));
    }

    /** Reads and compares the whole content; returns it. */
    String all(ModelStream stream) throws IOException, Traffic.Later {
        String found = content(stream, "-1", stream.closed);
        compare(stream, 0, found);
        if (found.contains(StateOffsets.PLACE)) {
            traffic.reach.count("read offsets in messages");
        }
        return found;
    }

    private void compare(ModelStream stream, int from, String found) {
        String expected = stream.content.substring(from);
        if (stream.trimmed && found.length() < expected.length()) {
            traffic.reach.count("retention dropped data");
            traffic.require(
                    from > 0 || found.length() >= stream.mustBeKept(),
                    stream,
                    "retention kept " + found.length() + " bytes, and must keep " + stream.mustBeKept());
            expected = expected.substring(expected.length() - found.length());
        }
        if (!found.equals(expected)) {
            int at = 0;
            while (at < Math.min(found.length(), expected.length()) && found.charAt(at) == expected.charAt(at)) {
                at++;
            }
            throw new AssertionError("read " + stream + " from " + from + ": expected " + expected.length()
                    + " bytes, got " + found.length() + ", which differ at " + at + ": expected "
                    + excerpt(expected, at) + ", got " + excerpt(found, at));
        }
    }

    private static String excerpt(String text, int at) {
        return text.substring(Math.max(0, at - 20), Math.min(text.length(), at + 60));
    }

    /** The content from an offset up to the tail. */
    String content(ModelStream stream, String offset, boolean closed) throws IOException, Traffic.Later {
        StringBuilder found = new StringBuilder();
        String next = offset;
        while (true) {
            String[] fields = random.nextBoolean() ? new String[] {"Accept-Encoding: gzip"} : new String[0];
            Wire.Answer answer = traffic.exchange("GET", traffic.target(stream, "?offset=" + next), "", fields);
            traffic.expect(answer, stream, "read from " + next, 200);
            if (answer.field("content-encoding").equals("gzip")) {
                traffic.reach.count("read compressed");
            }
            stream.life.read(traffic.sentNanos());
            found.append(stream.contentOf(answer.body()));
            next = answer.field("stream-next-offset");
            if (answer.field("stream-up-to-date").equals("true")) {
                traffic.require(
                        answer.field("stream-closed").equals("true") == closed,
                        stream,
                        "the closure in " + answer.fields());
                return found.toString();
            }
        }
    }

    private void from(ModelStream stream, int position) throws IOException, Traffic.Later {
        String offset = stream.offsets.get(position);
        if (stream.trimmed) {
            fromOrNotKept(stream, position, offset);
            return;
        }
        compare(stream, position, content(stream, offset, stream.closed));
        traffic.reach.count("read from an offset");
    }

    /** A stream with retention returns all data from an offset on, or the earliest offset. */
    private void fromOrNotKept(ModelStream stream, int position, String offset) throws IOException, Traffic.Later {
        Wire.Answer answer = traffic.exchange("GET", traffic.target(stream, "?offset=" + offset), "");
        traffic.expect(answer, stream, "read from " + offset, 200, 410);
        if (answer.status() == 410) {
            String earliest = answer.field("stream-earliest-offset");
            traffic.require(!earliest.isEmpty(), stream, "no earliest offset in " + answer);
            traffic.require(earliest.compareTo(offset) > 0, stream, offset + " is kept, but refused: " + answer);
            traffic.reach.count("refused: 410 retained");
            return;
        }
        String found = stream.contentOf(answer.body());
        String expected = stream.content.substring(position);
        traffic.require(
                answer.field("stream-up-to-date").equals("true") ? found.equals(expected) : expected.startsWith(found),
                stream,
                "read with retention from " + position + " of " + stream.content.length() + ": " + answer);
        stream.life.read(traffic.sentNanos());
        traffic.reach.count("read what retention keeps from an offset");
    }

    void describe(ModelStream stream) throws IOException, Traffic.Later {
        Wire.Answer answer = traffic.exchange("HEAD", traffic.target(stream, ""), "");
        traffic.expect(answer, stream, "describe", 200);
        traffic.require(
                answer.field("stream-next-offset").equals(stream.tail()),
                stream,
                "expected the tail " + stream.tail() + ", got " + answer);
        traffic.require(
                answer.field("stream-closed").equals("true") == stream.closed, stream, "the closure in " + answer);
        boolean hasAppends = !answer.field("stream-last-append-at").isEmpty();
        traffic.require(
                stream.source != null || hasAppends == stream.content.length() > 0,
                stream,
                "the time of the last append in " + answer);
        traffic.reach.count("described");
    }

    private void notModified(ModelStream stream) throws IOException, Traffic.Later {
        if (stream.trimmed || stream.content.length() > 50_000) {
            return;
        }
        String target = traffic.target(stream, "?offset=-1");
        Wire.Answer first = traffic.expect(traffic.exchange("GET", target, ""), stream, "read", 200);
        if (!first.field("stream-up-to-date").equals("true")) {
            return;
        }
        String tag = first.field("etag");
        Wire.Answer again = traffic.exchange("GET", target, "", "If-None-Match: " + tag);
        traffic.expect(again, stream, "read unless " + tag, 304);
        stream.life.read(traffic.sentNanos());
        traffic.reach.count("read not modified: 304");
    }

    private void pipelined(ModelStream stream) throws IOException, Traffic.Later {
        if (stream.trimmed) {
            return;
        }
        List<String> requests = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 2 + random.nextInt(8); i > 0; i--) {
            int place = anywhere(stream);
            places.add(place);
            requests.add(Wire.request("GET", traffic.target(stream, "?offset=" + stream.offsets.get(place)), ""));
        }
        List<Wire.Answer> answers = traffic.exchange(requests, false);
        for (int i = 0; i < places.size(); i++) {
            Wire.Answer answer = traffic.expect(answers.get(i), stream, "pipelined read", 200, 503);
            if (answer.status() == 200) {
                String found = stream.contentOf(answer.body());
                String expected = stream.content.substring(places.get(i));
                traffic.require(
                        answer.field("stream-up-to-date").equals("true")
                                ? found.equals(expected)
                                : expected.startsWith(found),
                        stream,
                        "pipelined read from " + places.get(i) + ", expected " + expected.length() + " bytes, got "
                                + found.length());
                stream.life.read(traffic.sentNanos());
            }
        }
        traffic.reach.count("pipelined reads");
    }

    private void poll(ModelStream stream) throws IOException, Traffic.Later {
        Map.Entry<Integer, String> place = stream.offsets.floorEntry(anywhere(stream));
        boolean atTail = place.getKey() == stream.content.length() || random.nextInt(3) == 0;
        int position = atTail ? stream.content.length() : place.getKey();
        String query = "?live=long-poll&timeout=1&offset=" + stream.offsets.get(position);
        Wire.Answer answer = traffic.exchange("GET", traffic.target(stream, query), "");
        if (atTail) {
            traffic.expect(answer, stream, "long-poll at the tail", 204);
            stream.life.read(traffic.sentNanos());
            traffic.reach.count("long-poll: nothing new");
        } else if (traffic.expect(answer, stream, "long-poll", 200, 410).status() == 200) {
            String found = stream.contentOf(answer.body());
            String expected = stream.content.substring(position);
            traffic.require(!found.isEmpty() && expected.startsWith(found), stream, "long-poll: " + answer);
            stream.life.read(traffic.sentNanos());
            traffic.reach.count("long-poll: data");
        } else {
            traffic.require(stream.trimmed, stream, "long-poll: " + answer);
        }
    }

    /** A long-poll and the append that it waits for, on two connections. */
    private void pollAndAppend(ModelStream stream) throws IOException, Traffic.Later {
        if (stream.closed || stream.content.length() > 100_000) {
            return;
        }
        ModelStream.Unit unit = stream.unit(random, traffic.newUnit(), random.nextInt(100));
        String query = "?live=long-poll&timeout=30&offset=" + stream.tail();
        try (Wire waiting = traffic.another()) {
            waiting.send(Wire.request("GET", traffic.target(stream, query), ""));
            stream.doubt = ModelStream.Doubt.APPENDS;
            stream.unanswered.add(new ModelStream.Unanswered(unit.text(), unit.body(), null, false));
            Wire.Answer appended = traffic.exchange(
                    "POST", traffic.target(stream, ""), unit.body(), "Content-Type: " + stream.kind.type);
            stream.certain();
            traffic.expect(appended, stream, "append", 204);
            int position = stream.content.length();
            stream.add(unit.text(), appended.field("stream-next-offset"), traffic.sentNanos());
            Wire.Answer answer = traffic.expect(waiting.receive(false), stream, "long-poll", 200, 204, 410, 503);
            if (answer.status() == 200) {
                traffic.require(
                        stream.contentOf(answer.body()).equals(stream.content.substring(position)),
                        stream,
                        "long-poll woken with " + answer);
                traffic.reach.count("long-poll: woken by an append");
            }
        }
    }

    private void manyOrResumed(ModelStream stream) throws IOException, Traffic.Later {
        ModelStream.Resumption resumption = stream.trimmed ? null : stream.resumption;
        if (resumption == null) {
            many(stream);
        } else {
            stream.resumption = null;
            resume(stream, resumption);
        }
    }

    /** One response for several streams, of which the others do not exist. */
    private void many(ModelStream stream) throws IOException, Traffic.Later {
        int position = stream.trimmed ? 0 : anywhere(stream);
        String offset = stream.trimmed ? "-1" : stream.offsets.get(position);
        String own = stream.path + "@" + offset;
        String other = "absent/" + random.nextInt(1_000) + "@-1";
        boolean posts = random.nextBoolean();
        String query = "?live=sse" + (posts ? "" : "&stream=" + other + "&stream=" + own);
        String body = posts ? "[\"" + other + "\",\"" + own + "\"]" : "";
        Wire.Events events =
                traffic.eventsOfStreams(posts ? "POST" : "GET", traffic.target("") + query, body, stream.kind);
        compareEvents(stream, position, events);
        traffic.reach.count("events of many streams");
        if (!posts) {
            stream.resumption =
                    new ModelStream.Resumption(query, events.lastId(), stream.content.length(), stream.kills);
        }
    }

    /** Repeats such a request with the id of the last event, perhaps after the server was killed. */
    private void resume(ModelStream stream, ModelStream.Resumption resumption) throws IOException, Traffic.Later {
        Wire.Events events = traffic.eventsOfStreams(
                "GET",
                traffic.target("") + resumption.query(),
                "",
                stream.kind,
                "Last-Event-ID: " + resumption.lastEventId());
        compareEvents(stream, resumption.position(), events);
        traffic.reach.count("events of many streams resumed");
        if (resumption.kills() < stream.kills) {
            traffic.reach.count("events of many streams resumed after SIGKILL");
        }
    }

    private void compareEvents(ModelStream stream, int position, Wire.Events events) throws IOException, Traffic.Later {
        traffic.expect(events.head(), stream, "events of streams", 200);
        stream.life.read(traffic.sentNanos());
        StringBuilder found = new StringBuilder();
        events.data().forEach(data -> found.append(stream.contentOf(data)));
        compare(stream, position, found.toString());
    }

    private void events(ModelStream stream) throws IOException, Traffic.Later {
        int position = stream.trimmed ? 0 : anywhere(stream);
        String offset = stream.trimmed ? "-1" : stream.offsets.get(position);
        Wire.Events events = traffic.events(traffic.target(stream, "?live=sse&offset=" + offset));
        traffic.expect(events.head(), stream, "events", 200);
        stream.life.read(traffic.sentNanos());
        StringBuilder found = new StringBuilder();
        events.data().forEach(data -> found.append(stream.contentOf(data)));
        compare(stream, position, found.toString());
        traffic.reach.count("events: " + stream.kind.name().toLowerCase(java.util.Locale.ROOT));
    }
}
