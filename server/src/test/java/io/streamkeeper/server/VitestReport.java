package io.streamkeeper.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What vitest's JSON reporter has written about one run. Of the report only this is read:
 *
 * <pre>{@code
 * {"testResults": [{"name": file, "message": text,
 *                   "assertionResults": [{"fullName": text, "status": "passed"|"failed"|"skipped"|…,
 *                                         "failureMessages": [text, …], "meta": {"tooLate": true, "loss": text}}]}]}
 * }</pre>
 *
 * @param files the spec files that were run
 */
record VitestReport(List<SpecFile> files) {

    /**
     * One spec file and its tests.
     *
     * @param name the path of the file
     * @param message why the file as a whole has failed, or nothing
     */
    record SpecFile(String name, String message, List<SpecTest> tests) {

        List<String> testsThatAre(String status) {
            return tests.stream()
                    .filter(test -> test.status().equals(status))
                    .map(SpecTest::name)
                    .toList();
        }

        List<String> testsOtherThan(String... statuses) {
            return tests.stream()
                    .filter(test -> !List.of(statuses).contains(test.status()))
                    .map(test -> test.status() + ": " + test.name())
                    .toList();
        }
    }

    /**
     * One test and how it ended.
     *
     * @param message why it has failed, without the places in the code; else nothing
     * @param tooLate whether it was left out because there was no time for it
     * @param loss what it met of members that were killed: a status, or the code of an error; else nothing
     */
    record SpecTest(String name, String status, String message, boolean tooLate, String loss) {}

    static VitestReport read(Path file) throws IOException {
        List<SpecFile> files = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean results = parser.currentName().equals("testResults");
                parser.nextToken();
                if (results) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        files.add(readFile(parser));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }
        return new VitestReport(List.copyOf(files));
    }

    SpecFile file(String name) {
        return files.stream()
                .filter(file -> file.name().endsWith("/" + name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in the report, only " + files));
    }

    private static SpecFile readFile(JsonParser parser) throws IOException {
        String name = "";
        String message = "";
        List<SpecTest> tests = new ArrayList<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "name" -> name = parser.getText();
                case "message" -> message = parser.getText();
                case "assertionResults" -> {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        tests.add(readTest(parser));
                    }
                }
                default -> parser.skipChildren();
            }
        }
        return new SpecFile(name, message, List.copyOf(tests));
    }

    private static SpecTest readTest(JsonParser parser) throws IOException {
        String name = "";
        String status = "";
        String message = "";
        boolean tooLate = false;
        String loss = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "fullName" -> name = parser.getText();
                case "status" -> status = parser.getText();
                case "failureMessages" -> {
                    while (parser.nextToken() == JsonToken.VALUE_STRING) {
                        message = message.isEmpty() ? withoutPlaces(parser.getText()) : message;
                    }
                }
                case "meta" -> {
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        String note = parser.currentName();
                        parser.nextToken();
                        tooLate |= note.equals("tooLate");
                        loss = note.equals("loss") ? parser.getText() : loss;
                        parser.skipChildren();
                    }
                }
                default -> parser.skipChildren();
            }
        }
        return new SpecTest(name, status, message, tooLate, loss);
    }

    private static String withoutPlaces(String stack) {
        return stack.lines()
                .takeWhile(line -> !line.startsWith("    at "))
                .collect(Collectors.joining("\n"))
                .strip();
    }
}
