"""Batches of CIFAR as numpy 1.26.4 and Python 3.11.7 pickled them, by protocol.

Each holds the two images `PIXELS` with the labels 6 and 9; the keys are bytes in protocols of odd
number, else text. Deflated, in base 85.
"""

import base64
import zlib

import numpy as np

PIXELS = (np.arange(2 * 3072) * 7 % 256).astype(np.uint8).reshape(2, 3072)

_DEFLATED = {
    0: (
        "c-rmR<&)D;5CHJOVPS9`+>2aEQn?m)2vXpH;FL5ey+Y*?fh!z#xVyW%ySux)ySwX4k1zZWo0*;2dD-1;eqWz"
        "SCJYE3QIq1`0ny_P0AWE$0K$PPL=RLT7BB^f6?i*{yc0xKkVQ=dVgo6p2T8;%g%z(ks0TE^s3>9t+=^EUhg4"
        "0`B@KujOv!Z+l9S()STOMnXv6`MTMElwNd<4nNPsxOBzWi&bgO`<`9mztSz5|+5Jy;xky(w*Mn|wTIN&WzEN"
        "7hC|Lp^^79n&LOFtv%#sCNK3_~M2$VuBdhPGNjNTff?g3IONV_1lWu@=XH$7t{w%e2=S`lQR8t3dIxtfN}p#"
        "x2@;{G>;pK_e$jpSN_)=3NI*oWFMW$?H!)Q$<U~Y<UZpim_Iz$v17)k@EHIKXlCGSqoRJ-?sP2=}R{sJb(A~"
        "PugguoHKv1GE8jMI*ppQ730I*dk-8je%jn6t2gaDaQxiWJC9#|{E;$4);xtumbX-_QNM}MLGG$V`VAR9Y373"
        "E>$dJWeCpzj`_JBf`JE<H4r3lG7By9{SE=1Fu1zOjNKYIveB9JIi&t&jvH#fFE4LrL{O~<R`YgE%mMF(LtJi"
        "b2G+Jzu)TLWO-@&6M&X~V!?Uvn#PF}cv@9CS*zfxz+p07x0v#oNi2F+T#I|sF1NyElYnZ0P`hVA=~p1FMM;f"
        "wd*5C&lo24N5eVGssk5C&lo24N5eVGssk5C&lo24N5eVGssk5avG^Ae;q!(Yr0qxY6QlMrH?(YW@oWLJ#W"
    ),
    1: (
        "c-rmSS635J5C`z3DhrB;*h>`D6*MM_y>~H+x;88rH=6~b$tIKBs8Li@Y>2&J2NgRiVDIP5d@$V$9>0LEvk!Z"
        "A@BC-(xxeRo1QgBmo6(?UCREFoA1b72Rk@0y1Po!;`NKxQ3PXBTwzCp8M9B6+hJZ{Rvg({%k+Uk|M#v7?wXU"
        "89m)8}oam|42Iw#gghrTk_+w2TVK#p8jb;zxTJk6Kw%duo2(+LC(VL(4w?yp0>X(uDGl-rEPEq5dt79k@ZH&"
        "UuUZkbU#A>v6>s4zh5jj499w+scEPZ2Os&P<bMfI>NNkPbxx2J0|H^QCFN^mR&}fT4eTgCZ4kPCZPkN_RSvU"
        "Kn2C@u(FZuPR`K4kI;RM$fEz7*$zWx#qX?^t|LoqXRN4cT-B7NT2>iBa2JDvlp#gw|QqE6gzMfPhm4&!#ns8"
        "pW|Enh(D;2&eK)8O>Ojy-p~j7o}m^D9W!A{`MjkS8@BCskPhK-Jd2m`Cf>((e1+Zkg&OD#U8Eayj~>%Y>Y~r"
        "|E4$yI5#uI#W-VN?cGC`{F1r5+HsX1_inp;1pWz$)fZypPHPIEiMXmIdUekN}mYy?U$msEtr_Wuodi~bw;J$"
        "bY8}JNX#2a`IALC2x!q51NPSXXtPIu`My`WC|L_f3g3Wtx?rp{cj+^28fQ)?&d@gz3k6}*M5_!M8`d;CTx=p"
        "0?97J5KWsDs|o*R;O*gGZH=O`EfLRppjl=3Y2>3{T?)ypDJA5x&4q{DeR06gAT|x<e1?IlZNi^dmEO;4s%j_"
        "l)_=)@-cu*F?l&Jb~x%GPd9Ye1aYL4!_cII!l-6Cf%oYdPUvzh5gx|{n?-W*`NK{pZ(dN{n?-W*`NK{pZ(dN"
        "{n?-W*`NK{pZ(dN{n?-W*`NK{pZ(eYfBa#LylmvsVXT000eLGZM^TiTP}s7Kh?Rh1SuW9Gd^JqaWLcB<qO6#"
        "R1`SiB!pVd`X4%5{_m}W{<WugB*|jiHc56CJlAVQ4r)fk&QM)(fEuY;JDwUx!9VS~z_aB{7AEW"
    ),
    2: (
        "c-rmIS9elD5CC8x2?>zi6T3#mhQ{7|%{8dlutbClN;H8ixoFTtQz4}H-h1!8o-^~q6iNPpud@%kb7ppC&iQg"
        "BIZUL~DnufYK`-!TU7FrtN@HTJ*pta(60OwpdUKh~Cx!VcIVmSIX?;Ceqh8Q6Ki*<b&v2-CtIecJx2FlIdYe"
        "t}kn3zF-fGDdY<6CdGwIeZxy86uW&WI~hz0OE-fA@QnR1imUm#~P?^*+sZ?6?nEs0FwWPutM<YK`Z7NX?DoF"
        "rKk=wzYWGmU~H!_yk3m3Uh0i7eb*>|zlb7OCWXyyLQ2lv=G$`r|p?ixUYf+Tb?Jw4wx0**`dH=YgY%7jN88e"
        "(}zbn(_S?6hRr(LJM@m5KO`XtYaaTVhuK97Y^bC&f}VoJS=w4p%Z7X+<x@*^#_m656FXJsDuV+hdvmE8Cb?#"
        "bYTV7V;lD32u|Y?Zc2k9ckDlM>caJVkDtHQo2}n+pb$!-2AZJ@24Mo`VGRqg1go(LJ8=NVaSm4{ve1~_2alh"
        "*eCy$pS1HD?HV5Q_3o4)<+MpLkU>cTS6P;L&b=ZnMIE+)ch#P)^5%K$!C(mEI%W2+x{A{sjLjjaPH8epd48S"
        "<d!7ApX8>_GpJFp+ea28j@0U^=55{{j|bn}7w<$L}M%lZvYD2F;|g&r7&DOiLJEW$FZ#TM+wA)LeoT=!Lk$L"
        "&3=I(PL>(lf2@Q@ZdI^1%&N&<GvS4`VP3E0~AHScwhTj(s?aGq_Ct<WK(OPyXaj{^U>o<WK(OPyXaj{^U>o<"
        "WK(OPyXaj{^U>o<WK(OPyXaj{^U>o<o`eZEXJ&GvRDm^6Ii^#uKEjtv*t+"
    ),
    3: (
        "c-m`Vt}SHHaOO@*EJ@CY&q+*5%_(Gb7A+}C%*@NoOIHAkD;O%|rzw~gGC8w>RTLL8#}=|^c(ZwPraH5vB$gx"
        "=vL@%1<`z`yCFd8V>gAT^lw>9r6(v@3#TTU}=jRod6qP2Ia22vaRB`2{Kx7Nqy%|~yIh+}j3OU;gxq=G0HM|"
        "+UnS2>|+6sA~YEw!o3sSiXc_Ww@7#K<o3;8-b+6(!E3I#O0nIjm1Vl{<=etv#l|A7EZcr%m~3MF+qF-QO<+4"
        ")3el(h^k?A?4rqLVTU%IjKtCeK>9V*R$gM^0b5`QZ7xuYZ`i1SRCvbWN<CJOjexfZnTW?C761cggBaI}aQ`c"
        "lFNWS08`;XX6!-R?;*uw{!Igj!MkPFRN|oo-}j8@^xGH96ojN#{Fk+zx-z66cCqF)iJhm^zaXhP022*Y-sPB"
        "I%n~!jXU-qJA38!qn97P|6}D5mQvKvH?wu|4vI`j&nvBI?wUAb{<5`Ob{{%<;rhL&Z$AHG<lq;RRna!Gba3|"
        "zjY-Zbtf+76oicmT$_?B19X)gT*25R?zx`$57Lrs@*E6+o_6m%MPs=T-Zt9#cecsYFn|B>NasJxfC$B&K9QF"
        "UG|402l>i<#ykNSVq|D*mN_5Y~<NBuwQ|55*s`hV2_qy8WD|ET{*{XgpeQU8zne>nQTP`IQ}B*~dGEi)%IFE"
        "KZ@xKK2<P)x&FBPX?>BtIoFxui0uv^c&XHLoNQ&MS^L009%dg1q!XacAM=#N5pMJczKNi3M0#BDGWx0Hw)YE"
        "&"
    ),
    4: (
        "c-m`VnYu@U0Ss!VX!LL=C6**-#OEX?rRGfOVXT<a!v<y-Pl=tP;mzjFncBmWl30>BrAIWcG`FBqFFC&`RWG+"
        "RrzA76s3@^=N)JzbQEGC2UU5lLX>!Sw$y0h*!3wAJu;-;fluVxD&Coi<nK5Zf`;;J{sf^xCz6?BVQ!+SvSW`"
        "+W3sOP4m`V+&bap@#F!wOlO!4#c^ZE}2V8WZBWJ*$}69dTQ?0lj!%36jN_HMo*(Mg#F<#nw+lV>elv3}d$Bd"
        "0IjeDM6;*FVf$f)es-x+d06o&n);K<`vFcJxo1yJYpIod=GeyL#vGtB*hav+;^ZD`^^-+qwD#M<r(Dm({j(P"
        "nx-4`MRxp4xhSs<NmX^Uw$)j3W&?8>KI!&diaOMreqgYHnjImowIn=#vS{QoxO7V(aR6t|FQB2ODSsTo7uW}"
        "2Sp~N=atqpcTJozf7#kCyAPebaQ)uXH=lnoa`21Es%RToI=K6V#w2GIR@ArkPMN)E<%aG1j-I)E>*0&{-~O_"
        "23rQ-d>zUd(dj&?sr{$JZH+4>!K5yxo&ASesIDhT#lh>bqj{1Mp|D*mN_5Y~<NBuwQ|55*s`hV2_qy8WD|ET"
        "{*{XgpeQU8znf7Jh@{vY-KsQ*X(KOFr(rDRG{sU85jV?vY"
    ),
    5: (
        "c-m`VoysZ600y;FG@QAU5=)XZ;&T#{Qgfy_i<T56X69w)r7M7i6$};f(-cgnIJ1G}i>Jg+(eP&T=1g^FNl7e"
        "8oYEtdSDIT;sh6Bzl&S}0rWR!;PwC-~Pb<pLO)5=GOD&o*d5Xp~1__9L4D5WOGRj(p7WQtwA<;>h1?6?EJ(F"
        "iGT(N%J-Xo_k-F)!;-Pb?NT!IqvYPu%YPM!hbaX?F}8aw)@&0Vs3)6N6O&t1Lq_|?ZB|Jis&q?I%c%<Wu#f}"
        ";{M^2=&lx+l$CuzcOtJ%>+Sym9~8+b_SFI0eMzRCSE496kKQVpFn<DjVASrp{TsYU7Um$If24{pjU~@BdhNg"
        "ryWU^v!Htyn`YW((_7dn!6^>n7?f8mfeR=Ubuem>6_2L7&-XGWL30{EFIkaLSvG%3M=Z{dZ)}@v~t7teMiq+"
        "zV-0M`)_|)xP>GY)b&hloV@}g;?r_Vs+&3|OrN)O&E{PPPn^GY_sQ!|KS%vP>i<#ykNSVq|D*mN_5Y~<NBuw"
        "Q|55*s`hV2_qy8WD|ET{*{XgpeQU8znf7Jh@{vVG1pVGq$o-Y8>DJ7K!sZ%CT>0v50oYL9RJ|$?1hBtE$W6c"
        "ylKR>VkKmaDZ8A_%kc{BMk@U%_oVRW8S0#xVBnU<N8nwOZH3Z9Q}*2qaMD9KMrOfIR+DJ_mKNX;urg!78y4M"
        "4y|uOKgdinDNXVs2)B9z@j8!~!guTB-*C|8-g$"
    ),
}

NUMPY_1_BATCHES = {
    protocol: zlib.decompress(base64.b85decode(content)) for protocol, content in _DEFLATED.items()
}
