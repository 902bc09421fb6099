package io.streamkeeper.server;

/** The entry point of the packaged server. */
public final class Main {

    private Main() {}

    /**
     * Starts the server with the given command line.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.err.println("Streamkeeper " + Main.class.getPackage().getImplementationVersion() + " has no server yet");
        System.exit(1);
    }
}
