% Read a store and a clustering with Octave's own load; writes JSON.
1;

function texts = texts_of (folder, one)
  if (numel (one) > 3)
    error ("load leaves attributes out");
  end
  values = [];
  try
    values = load ("-hdf5", fullfile (folder, one{2}));
  end
  if (isempty (values))
    error ("load gives nothing of the file");
  end
  for part = strsplit (one{3}, "/")
    values = values.(part{1});
  end
  texts = strjoin (arrayfun (@(value) sprintf ('"%.17g"', value), values(:)', ...
                             "UniformOutput", false), ",");
end

given = argv ();
lines = strsplit (given{4}, "\n");
pairs = {};
for line = lines
  one = strsplit (line{1}, "\t");
  try
    pairs{end + 1} = sprintf ('"%s":[%s]', one{1}, texts_of (given{2}, one));
  catch failure
    message = strrep (strtok (failure.message, "\n"), '"', "'");
    pairs{end + 1} = sprintf ('"%s":"%s"', one{1}, message);
  end
end
file = fopen (given{3}, "w");
fprintf (file, "{%s}", strjoin (pairs, ","));
fclose (file);
