package io.streamkeeper.protocol;

import java.util.ArrayList;
import java.util.List;

/** Reads server-sent events as the WHATWG's HTML standard has it (section 9.2.6, "interpreting an event stream"). */
final class EventReader {
    /**
     * An event as a browser dispatches it.
     *
     * @param type the last {@code event} field
     * @param data the {@code data} fields, joined by LF
     * @param id the last event id
     */
    record Event(String type, String data, String id) {}

    private final List<Event> events = new ArrayList<>();
    private String type = "";
    private final StringBuilder data = new StringBuilder();
    private String id = "";

    private EventReader() {}

    static List<Event> read(String text) {
        EventReader reader = new EventReader();
        String rest = text.startsWith("\ufeff") ? text.substring(1) : text;
        int start = 0;
        for (int i = 0; i < rest.length(); i++) {
            char c = rest.charAt(i);
            if (c == '\r' || c == '\n') {
                reader.line(rest.substring(start, i));
                i += c == '\r' && i + 1 < rest.length() && rest.charAt(i + 1) == '\n' ? 1 : 0;
                start = i + 1;
            }
        }
        return reader.events;
    }

    private void line(String line) {
        if (line.isEmpty()) {
            dispatch();
            return;
        }
        int colon = line.indexOf(':');
        if (colon == 0) {
            return;
        }
        String value = colon < 0 ? "" : line.substring(colon + 1);
        field(colon < 0 ? line : line.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
    }

    private void field(String name, String value) {
        switch (name) {
            case "event" -> type = value;
            case "data" -> data.append(value).append('\n');
            case "id" -> id = value.indexOf('\0') < 0 ? value : id;
            default -> {}
        }
    }

    private void dispatch() {
        if (!data.isEmpty()) {
            events.add(new Event(type.isEmpty() ? "message" : type, data.substring(0, data.length() - 1), id));
        }
        data.setLength(0);
        type = "";
    }
}
