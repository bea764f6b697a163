# Draws what examples/density_curves printed: densities or probabilities, and shares of draws.
#   gnuplot -c docs/plot.gp <data> <picture.svg>
input = ARG1
set output ARG2
load input

# A white card, so that the picture can be read on a dark page too; colours of Okabe and Ito.
set terminal svg size 860,320 dynamic font "sans-serif,13" background "white"
array colours[6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
set border 3 linecolor "#444444"
set tics nomirror out textcolor "#222222"
set grid ytics linecolor "#dddddd" linetype 1 linewidth 0.6
unset key
set multiplot layout 1,2 margins 0.06,0.985,0.12,0.81 spacing 0.07
stats $data using 1 skip 1 nooutput
set xrange [STATS_min : STATS_max]
set yrange [0 : *]

# The legend, in one row over both: a key would be as wide as one.
do for [i=1:curves] {
  left = 0.06 + 0.925 * (i - 1) / curves
  set arrow i from screen left,0.95 to screen left + 0.025,0.95 nohead \
    linewidth 2.5 linecolor rgb colours[i]
  set label i + 1 word($data[1], i + 1) at screen left + 0.033,0.95 left textcolor "#222222"
}

# Marks of several distributions at one whole number stand side by side.
shift(i) = whole ? 0.1 * (i - (curves + 1) / 2.0) : 0

set label 1 (whole ? "probability" : "density") at graph 0,1 left offset 0,0.8 textcolor "#222222"
if (whole) {
  if (STATS_max - STATS_min < 12) {
    set xtics 1
  }
  plot for [i=1:curves] $data using ($1 + shift(i)):(column(i + 1) > 0 ? column(i + 1) : NaN) \
         with impulses linewidth 2 linecolor rgb colours[i], \
       for [i=1:curves] $data using ($1 + shift(i)):(column(i + 1) > 0 ? column(i + 1) : NaN) \
         with points pointtype 7 pointsize 0.6 linecolor rgb colours[i]
} else {
  plot for [i=1:curves] $data using 1:(column(i + 1)) \
         with lines linewidth 2 linecolor rgb colours[i]
}

set yrange [0 : 1.02]
set label 1 "share of draws up to x"
if (whole) {
  plot for [i=1:curves] $data using 1:(column(i + 1 + curves)) \
         with steps linewidth 2 linecolor rgb colours[i]
} else {
  plot for [i=1:curves] $data using 1:(column(i + 1 + curves)) \
         with lines linewidth 2 linecolor rgb colours[i]
}
unset multiplot
