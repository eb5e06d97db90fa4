package rok.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import rok.notebook.Metadata;
import rok.notebook.Notebook;
import rok.notebook.NotebookException;

/** Checks the volumes that a notebook names, and puts the workspace first. */
final class Volumes {
    /** Where the images of notebook servers have their home. */
    static final String WORKSPACE = "/home/jovyan";

    private static final String ORIGIN = "rok/origin";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    private Volumes() {}

    static List<Pipeline.Volume> of(Notebook notebook) {
        var names = new HashSet<String>();
        var mounts = new HashSet<String>();
        var volumes = new ArrayList<Pipeline.Volume>();
        for (var volume : notebook.metadata().volumes()) {
            check(notebook, volume, names.add(volume.name()), mounts.add(volume.mountPoint()));
            volumes.add(new Pipeline.Volume(
                    volume.type(),
                    volume.name(),
                    volume.mountPoint(),
                    volume.size(),
                    volume.snapshot(),
                    volume.annotations()));
        }
        volumes.sort(Comparator.comparing(v -> !v.mountPoint().equals(WORKSPACE)));
        return volumes;
    }

    private static void check(Notebook notebook, Metadata.Volume volume, boolean newName, boolean newMount) {
        var problem = "";
        if (!NAME.matcher(volume.name()).matches()) {
            problem = "the volume name \"" + volume.name().replaceAll("\\p{Cntrl}", "?")
                    + "\" is not one that Kubernetes takes";
        } else if (!newName) {
            problem = "two volumes are named " + volume.name();
        } else if (!volume.mountPoint().matches("/[^\\p{Cntrl}]*") || hasDots(volume.mountPoint())) {
            problem = "the mount point of volume " + volume.name() + " is not an absolute path without . and ..";
        } else if (!newMount) {
            problem = "two volumes are mounted at " + volume.mountPoint();
        } else if (volume.type().equals("new_pvc") && volume.size().isEmpty()) {
            problem = "the new volume " + volume.name() + " has no size";
        }
        if (!problem.isEmpty()) {
            throw NotebookException.of(
                    notebook.name(), problem, "correct volumes under kubeflow_notebook in the notebook's metadata");
        }
    }

    private static boolean hasDots(String path) {
        return List.of(path.split("/")).stream().anyMatch(part -> part.equals(".") || part.equals(".."));
    }

    /** A volume filled from a Rok URL makes that URL a parameter of the pipeline. */
    static List<Pipeline.Parameter> parameters(List<Pipeline.Volume> volumes) {
        return volumes.stream()
                .filter(v -> v.annotations().containsKey(ORIGIN))
                .map(v -> new Pipeline.Parameter(
                        "rok_" + v.name().replaceAll("[-.]", "_") + "_url",
                        "str",
                        String.valueOf(v.annotations().get(ORIGIN))))
                .toList();
    }
}
