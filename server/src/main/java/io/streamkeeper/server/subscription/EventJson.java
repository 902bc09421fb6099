package io.streamkeeper.server.subscription;

import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.protocol.Offset;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of a subscription as JSON messages.
 *
 * <pre>
 *   {"e":"begun","v":1,"incarnation":"k3…","at":1764099000000,"spec":{…},"owner":{…},"generation":7,"wake":{…},"retry":{…}}
 *   {"e":"part","explicit":["a/b"],"cursors":[{"p":"a/b","g":1764099000000001,"o":42}]}
 *   {"e":"complete"}
 *   {"e":"linked","streams":["a/b"],"cursors":[…]}       {"e":"unlinked","stream":"a/b"}
 *   {"e":"woken","wake":{"id":"w_…","generation":8,"until":1764099030000,"links":[
 *       {"p":"a/b","x":true,"g":1764099000000001,"acked":"…_…","tail":"…_…"}]}}
 *   {"e":"claimed","holder":"worker-1","until":1764099030000}    {"e":"accepted"}
 *   {"e":"failed","attempts":2,"next":1764099004000,"delay":1900,"error":"status 500","keeps":true}
 *   {"e":"acked","cursors":[…],"until":1764099060000}    {"e":"done"}    {"e":"ended"}
 *   {"e":"sought","cursor":{"p":"a/b","g":1764099000000001,"o":7}}
 * </pre>
 *
 * <p>A later version may add members that this one may ignore. Whatever else changes increases {@code v}: a log with a
 * greater version, or with an event of an unknown type, is not read.
 */
final class EventJson {
    /** The version of the format. */
    static final int VERSION = 1;

    private EventJson() {}

    // ---- writing ----

    static void write(JsonGenerator json, SubscriptionEvent event) throws IOException {
        json.writeStartObject();
        if (event instanceof SubscriptionEvent.Begun begun) {
            writeBegun(json, begun);
        } else if (event instanceof SubscriptionEvent.Part part) {
            json.writeStringField("e", "part");
            writeTexts(json, "explicit", part.explicit());
            writeCursors(json, part.cursors());
        } else if (event instanceof SubscriptionEvent.Complete) {
            json.writeStringField("e", "complete");
        } else if (event instanceof SubscriptionEvent.Linked linked) {
            json.writeStringField("e", "linked");
            writeTexts(json, "streams", linked.streams());
            writeCursors(json, linked.cursors());
        } else if (event instanceof SubscriptionEvent.Unlinked unlinked) {
            json.writeStringField("e", "unlinked");
            json.writeStringField("stream", unlinked.stream());
        } else if (event instanceof SubscriptionEvent.Sought sought) {
            json.writeStringField("e", "sought");
            json.writeFieldName("cursor");
            writeCursor(json, sought.cursor());
        } else {
            writeOfWake(json, event);
        }
        json.writeEndObject();
    }

    private static void writeOfWake(JsonGenerator json, SubscriptionEvent event) throws IOException {
        if (event instanceof SubscriptionEvent.Woken woken) {
            json.writeStringField("e", "woken");
            writeWake(json, woken.wake());
        } else if (event instanceof SubscriptionEvent.Claimed claimed) {
            json.writeStringField("e", "claimed");
            json.writeStringField("holder", claimed.holder());
            json.writeNumberField("until", claimed.leaseUntilMillis());
        } else if (event instanceof SubscriptionEvent.Accepted) {
            json.writeStringField("e", "accepted");
        } else if (event instanceof SubscriptionEvent.Failed failed) {
            json.writeStringField("e", "failed");
            writeSchedule(
                    json, new Schedule(failed.attempts(), failed.nextMillis(), failed.delayMillis(), failed.error()));
            json.writeBooleanField("keeps", failed.keepsWake());
        } else if (event instanceof SubscriptionEvent.Acked acked) {
            json.writeStringField("e", "acked");
            writeCursors(json, acked.cursors());
            json.writeNumberField("until", acked.leaseUntilMillis());
        } else if (event instanceof SubscriptionEvent.Done) {
            json.writeStringField("e", "done");
        } else if (event instanceof SubscriptionEvent.Ended) {
            json.writeStringField("e", "ended");
        } else {
            throw new IllegalArgumentException("an event of the unknown type " + event.getClass());
        }
    }

    private static void writeBegun(JsonGenerator json, SubscriptionEvent.Begun begun) throws IOException {
        json.writeStringField("e", "begun");
        json.writeNumberField("v", VERSION);
        json.writeStringField("incarnation", begun.incarnation());
        json.writeNumberField("at", begun.createdMillis());
        SpecJson.write(json, begun.spec());
        SpecJson.write(json, begun.owner());
        json.writeNumberField("generation", begun.generation());
        if (begun.wake() != null) {
            writeWake(json, begun.wake());
        }
        json.writeObjectFieldStart("retry");
        writeSchedule(json, begun.schedule());
        json.writeEndObject();
    }

    private static void writeSchedule(JsonGenerator json, Schedule schedule) throws IOException {
        json.writeNumberField("attempts", schedule.attempts());
        json.writeNumberField("next", schedule.nextMillis());
        json.writeNumberField("delay", schedule.delayMillis());
        SpecJson.writeIfKnown(json, "error", schedule.error());
    }

    private static void writeWake(JsonGenerator json, WakeInFlight wake) throws IOException {
        json.writeObjectFieldStart("wake");
        json.writeStringField("id", wake.id());
        json.writeNumberField("generation", wake.generation());
        SpecJson.writeIfKnown(json, "stream", wake.stream());
        SpecJson.writeIfKnown(json, "holder", wake.holder());
        json.writeNumberField("until", wake.leaseUntilMillis());
        json.writeBooleanField("accepted", wake.accepted());
        json.writeArrayFieldStart("links");
        for (WakeLink link : wake.links()) {
            json.writeStartObject();
            json.writeStringField("p", link.path());
            json.writeBooleanField("x", link.isExplicit());
            json.writeNumberField("g", link.generation());
            json.writeStringField("acked", link.acked().toString());
            json.writeStringField("tail", link.tail().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeTexts(JsonGenerator json, String name, Collection<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private static void writeCursors(JsonGenerator json, List<Cursor> cursors) throws IOException {
        json.writeArrayFieldStart("cursors");
        for (Cursor cursor : cursors) {
            writeCursor(json, cursor);
        }
        json.writeEndArray();
    }

    private static void writeCursor(JsonGenerator json, Cursor cursor) throws IOException {
        json.writeStartObject();
        json.writeStringField("p", cursor.path());
        json.writeNumberField("g", cursor.generation());
        json.writeNumberField("o", cursor.position());
        json.writeEndObject();
    }

    // ---- reading ----

    /**
     * The event of a message.
     *
     * @throws JsonTree.UnexpectedException if it is not one that this version writes
     */
    static SubscriptionEvent read(JsonTree message) {
        String type = message.text("e");
        return switch (type) {
            case "begun" -> begun(message);
            case "part" -> new SubscriptionEvent.Part(message.texts("explicit"), cursors(message));
            case "complete" -> new SubscriptionEvent.Complete();
            case "linked" -> new SubscriptionEvent.Linked(message.texts("streams"), cursors(message));
            case "unlinked" -> new SubscriptionEvent.Unlinked(message.text("stream"));
            case "woken" -> new SubscriptionEvent.Woken(wake(message.object("wake")));
            case "claimed" -> new SubscriptionEvent.Claimed(message.text("holder"), message.number("until"));
            case "accepted" -> new SubscriptionEvent.Accepted();
            case "failed" -> failed(message);
            case "acked" -> new SubscriptionEvent.Acked(cursors(message), message.number("until"));
            case "done" -> new SubscriptionEvent.Done();
            case "ended" -> new SubscriptionEvent.Ended();
            case "sought" -> new SubscriptionEvent.Sought(cursor(message.object("cursor")));
            default ->
                throw new JsonTree.UnexpectedException(
                        "the event " + type + " is unknown; a newer server has " + "written it");
        };
    }

    private static SubscriptionEvent.Begun begun(JsonTree message) {
        if (message.number("v") > VERSION) {
            throw new JsonTree.UnexpectedException("the version of the log is " + message.number("v")
                    + ", expected at most " + VERSION + "; a newer server has written it");
        }
        return new SubscriptionEvent.Begun(
                message.text("incarnation"),
                message.number("at"),
                SpecJson.spec(message.object("spec")),
                SpecJson.owner(message.object("owner")),
                message.number("generation"),
                message.has("wake") ? wake(message.object("wake")) : null,
                schedule(message.object("retry")));
    }

    private static SubscriptionEvent.Failed failed(JsonTree message) {
        Schedule schedule = schedule(message);
        String error = schedule.error();
        return new SubscriptionEvent.Failed(
                schedule.attempts(),
                schedule.nextMillis(),
                schedule.delayMillis(),
                error == null ? "" : error,
                message.flag("keeps"));
    }

    private static Schedule schedule(JsonTree object) {
        return new Schedule(
                (int) object.number("attempts"),
                object.number("next"),
                object.numberOrZero("delay"),
                object.textOrNull("error"));
    }

    private static WakeInFlight wake(JsonTree object) {
        @Nullable String holder = object.textOrNull("holder");
        return new WakeInFlight(
                object.text("id"),
                object.number("generation"),
                object.objects("links").stream().map(EventJson::link).toList(),
                object.textOrNull("stream"),
                holder,
                object.number("until"),
                object.flag("accepted"));
    }

    private static WakeLink link(JsonTree object) {
        return new WakeLink(
                object.text("p"),
                object.flag("x"),
                object.number("g"),
                Offset.parse(object.text("acked")),
                Offset.parse(object.text("tail")));
    }

    private static List<Cursor> cursors(JsonTree message) {
        return message.objects("cursors").stream().map(EventJson::cursor).toList();
    }

    private static Cursor cursor(JsonTree object) {
        return new Cursor(object.text("p"), object.number("g"), object.number("o"));
    }
}
