"""Work that runs beside its caller, and what other processes see of it: a folder a job, with a journal."""
