package io.streamkeeper.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The JDKs that the packaged jar is run with. The system property {@code conformance.java} is {@code running} for the
 * JDK of the build, {@code discovered} for every JDK that the toolchains plugin has found, or a list of launchers
 * separated by commas.
 */
final class Jdks {

    private static final int OLDEST_SUPPORTED = 17;

    private Jdks() {}

    /**
     * One JDK.
     *
     * @param name its name in the name of a test
     * @param java its launcher
     */
    record Jdk(String name, Path java) {}

    static List<Jdk> chosen() {
        String choice = System.getProperty("conformance.java", "running");
        return switch (choice) {
            case "running" -> List.of(new Jdk(Runtime.version().toString(), PackagedServer.runningJava()));
            case "discovered" -> discovered(Path.of(System.getProperty("conformance.toolchains")));
            default ->
                Stream.of(choice.split(",", -1))
                        .map(java -> new Jdk(java, Path.of(java)))
                        .toList();
        };
    }

    /** Those in a {@code toolchains.xml} that are not too old, the oldest first. */
    static List<Jdk> discovered(Path toolchains) {
        List<Jdk> jdks = new ArrayList<>();
        NodeList entries = parse(toolchains).getElementsByTagName("toolchain");
        for (int i = 0; i < entries.getLength(); i++) {
            Element entry = (Element) entries.item(i);
            Runtime.Version version = Runtime.Version.parse(text(entry, "version"));
            if (version.feature() >= OLDEST_SUPPORTED) {
                jdks.add(new Jdk(version.toString(), Path.of(text(entry, "jdkHome"), "bin", "java")));
            }
        }
        jdks.sort(Comparator.comparing(jdk -> Runtime.Version.parse(jdk.name())));
        return List.copyOf(jdks);
    }

    private static Element parse(Path toolchains) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(toolchains.toFile())
                    .getDocumentElement();
        } catch (IOException | ParserConfigurationException | SAXException e) {
            throw new IllegalStateException("cannot read the discovered JDKs from " + toolchains, e);
        }
    }

    private static String text(Element entry, String tag) {
        return entry.getElementsByTagName(tag).item(0).getTextContent();
    }
}
